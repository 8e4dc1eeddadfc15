package nara.profile;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nara.event.json.GoJson;
import nara.event.json.JsonSpans;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.Span;
import nara.event.json.JsonWriter;
import nara.ledger.LedgerRequest.LedgerStats;

/**
 * How many events a nara holds; 0 when unknown.
 *
 * @param byService counts by the name of the service, sorted; empty when unknown
 * @param critical events that a sample must contain
 */
public record EventStore(long total, SortedMap<String, Long> byService, long critical) {
  /** Of a nara that does not tell. */
  public static final EventStore NONE = new EventStore(0, Map.of(), 0);

  /** There are seven services; later versions may have some more. */
  private static final int MAX_SERVICES = 64;

  private static final int MAX_NAME = 64;

  /** Counts in any order. */
  public EventStore(long total, Map<String, Long> byService, long critical) {
    this(total, Collections.unmodifiableSortedMap(new TreeMap<>(byService)), critical);
  }

  /** The counts of this node's ledger. */
  public static EventStore of(LedgerStats stats) {
    Map<String, Long> byService = new TreeMap<>();
    stats.byService().forEach((service, count) -> byService.put(service.wireName(), (long) count));
    return new EventStore(stats.total(), byService, stats.critical());
  }

  static EventStore read(long total, Optional<byte[]> byService, long critical) {
    return new EventStore(total, byService.map(EventStore::readCounts).orElse(Map.of()), critical);
  }

  private static Map<String, Long> readCounts(byte[] json) {
    Map<String, Long> counts = new TreeMap<>();
    for (Map.Entry<String, Span> member : JsonSpans.members(json, MAX_SERVICES).entrySet()) {
      if (member.getKey().length() > MAX_NAME) {
        throw new MalformedJsonException(
            "a service of " + member.getKey().length() + " characters");
      }
      try {
        counts.put(member.getKey(), Long.parseLong(member.getValue().text(json)));
      } catch (NumberFormatException noCount) {
        throw new MalformedJsonException("an event count is no whole number");
      }
    }
    return counts;
  }

  void write(JsonWriter out) {
    out.optional("event_store_total", total);
    if (!byService.isEmpty()) {
      out.raw("event_store_by_service", countsJson());
    }
    out.optional("event_store_critical", critical);
  }

  private String countsJson() {
    StringBuilder json = new StringBuilder();
    byService.forEach(
        (service, count) -> {
          json.append(json.isEmpty() ? '{' : ',');
          GoJson.appendString(json, service);
          json.append(':').append(count);
        });
    return json.append('}').toString();
  }
}
