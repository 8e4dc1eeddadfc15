package nara.web.reference;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.event.Event;
import nara.event.Service;
import nara.event.Social;
import nara.ledger.LedgerRequest;
import nara.ledger.Query;

/**
 * The teases from and to a nara among its newest social events.
 *
 * @param recent the newest ones, newest first
 * @param mostFrom who teased it most, and how often
 * @param mostTo whom it teased most
 */
record Teases(
    JsonArray recent,
    Optional<Map.Entry<String, Integer>> mostFrom,
    Optional<Map.Entry<String, Integer>> mostTo) {
  /** Social events of the nara that are read. */
  static final int MAX_READ = 2_000;

  /** As in the reference. */
  private static final int MAX_RECENT = 50;

  static Future<Teases> of(Bus bus, String name) {
    return bus.request(
            LedgerRequest.ADDRESS,
            new LedgerRequest.QueryEvents(
                new Query.Recent(
                    MAX_READ, new Query.Filter(Set.of(Service.SOCIAL.wireName()), Set.of(name)))),
            Timeouts.STATUS)
        .map(found -> among(found.events(), name));
  }

  /** The teases among events, newest first. */
  static Teases among(List<Event> events, String name) {
    JsonArray recent = new JsonArray();
    Map<String, Integer> from = new TreeMap<>();
    Map<String, Integer> to = new TreeMap<>();
    for (Event event : events) {
      if (!(event.payload() instanceof Social tease) || !tease.type().equals("tease")) {
        continue;
      }
      if (tease.target().equals(name) && !tease.actor().equals(name)) {
        from.merge(tease.actor(), 1, Integer::sum);
      }
      if (tease.actor().equals(name) && !tease.target().equals(name)) {
        to.merge(tease.target(), 1, Integer::sum);
      }
      if (recent.size() < MAX_RECENT) {
        recent.add(
            new JsonObject()
                .put("actor", tease.actor())
                .put("reason", tease.reason())
                .put("target", tease.target())
                .put("timestamp", event.ts() / 1_000_000_000L));
      }
    }
    return new Teases(recent, most(from), most(to));
  }

  /** Of equal counts, the lower name. */
  private static Optional<Map.Entry<String, Integer>> most(Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .max(
            Map.Entry.<String, Integer>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())));
  }
}
