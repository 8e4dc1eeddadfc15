package nara.web.reference;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.event.Service;
import nara.event.Social;
import nara.ledger.InspectionRequest;
import nara.ledger.LedgerRequest;
import nara.ledger.Query;
import nara.social.TeaseReason;
import nara.status.NodeFacts;
import nara.web.http.ReadRoutes;

/** The social life of the network, by this node's ledger. */
public final class SocialRoutes {
  /** As in the reference. */
  private static final int MAX_RECENT = 5;

  /** Names in one response: more than a network has. */
  private static final int MAX_NAMES = 1_000;

  private final Bus bus;
  private final NodeFacts facts;

  public SocialRoutes(Vertx vertx, NodeFacts facts) {
    this.bus = Bus.of(vertx);
    this.facts = facts;
  }

  public void addTo(ReadRoutes routes) {
    routes.get("/social/clout", context -> clout());
    routes.get("/social/recent", context -> recent());
    routes.get("/social/teases", context -> teases());
  }

  private Future<?> clout() {
    return bus.request(
            InspectionRequest.ADDRESS,
            new InspectionRequest.RankClout(MAX_NAMES, facts.clock().instant().getEpochSecond()),
            Timeouts.STATUS)
        .map(
            clout ->
                new JsonObject()
                    .put("clout", new TreeMap<String, Object>(clout.byName()))
                    .put("server", facts.name()));
  }

  private Future<?> recent() {
    Query newest =
        new Query.Recent(MAX_RECENT, new Query.Filter(Set.of(Service.SOCIAL.wireName()), Set.of()));
    return bus.request(
            LedgerRequest.ADDRESS, new LedgerRequest.QueryEvents(newest), Timeouts.STATUS)
        .map(
            found -> {
              JsonArray events = new JsonArray();
              found
                  .events()
                  .forEach(
                      event -> {
                        if (event.payload() instanceof Social social) {
                          events.add(json(social, event.ts()));
                        }
                      });
              return new JsonObject()
                  .put("events", StatusFields.nullIfEmpty(events))
                  .put("server", facts.name());
            });
  }

  private static String tease(Social social) {
    return social.type().equals("tease")
        ? TeaseReason.sentence(social.reason(), social.target())
        : "";
  }

  private static JsonObject json(Social social, long ts) {
    return new JsonObject()
        .put("actor", social.actor())
        .put("message", tease(social))
        .put("reason", social.reason())
        .put("target", social.target())
        .put("timestamp", ts / 1_000_000_000L);
  }

  private Future<?> teases() {
    return bus.request(
            InspectionRequest.ADDRESS, new InspectionRequest.CountTeases(), Timeouts.STATUS)
        .map(
            counts -> {
              JsonArray teases = new JsonArray();
              counts.byActor().entrySet().stream()
                  .sorted(
                      Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                          .thenComparing(Map.Entry.comparingByKey()))
                  .limit(MAX_NAMES)
                  .forEach(
                      count ->
                          teases.add(
                              new JsonObject()
                                  .put("actor", count.getKey())
                                  .put("count", count.getValue())));
              return new JsonObject()
                  .put("server", facts.name())
                  .put("teases", StatusFields.nullIfEmpty(teases));
            });
  }
}
