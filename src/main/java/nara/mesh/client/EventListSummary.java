package nara.mesh.client;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Optional;
import java.util.Set;
import nara.event.EventId;
import nara.event.json.EventReader;
import nara.event.json.JsonSpans.Span;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.EventRef;
import nara.mesh.wire.EventFieldScanner;

/**
 * What the events of an answer state of themselves, and whether that is what was asked for. Looked
 * at before anything is parsed, so that whoever gives other events than those asked for costs
 * nothing.
 *
 * @param count how many there are
 * @param eventRefs time and id of those that state both in the usual form, in the answer's order
 * @param oldestTs the smallest time, 0 when there is none
 * @param newestTs the largest time, 0 when there is none
 * @param services those that they state, as far as it is seen at a glance
 */
record EventListSummary(
    int count, List<EventRef> eventRefs, long oldestTs, long newestTs, Set<String> services) {

  static EventListSummary of(byte[] json, List<Span> events) {
    List<EventRef> stated = new ArrayList<>(events.size());
    LongSummaryStatistics times = new LongSummaryStatistics();
    Set<String> services = new HashSet<>();
    for (Span event : events) {
      Optional<EventId> id = EventReader.peekId(json, event.offset(), event.length());
      EventFieldScanner.ts(json, event, id.isPresent())
          .ifPresent(
              ts -> {
                times.accept(ts);
                id.ifPresent(known -> stated.add(new EventRef(ts, known)));
              });
      EventFieldScanner.service(json, event, id.isPresent()).ifPresent(services::add);
    }
    boolean dated = times.getCount() > 0;
    return new EventListSummary(
        events.size(), stated, dated ? times.getMin() : 0, dated ? times.getMax() : 0, services);
  }

  /** How they are not what was asked for, or empty. */
  Optional<String> fault(Query query, Optional<Long> nextCursor) {
    Set<String> asked = query.filter().services();
    if (!asked.isEmpty() && !asked.containsAll(services)) {
      return Optional.of("gives events of other services than asked for");
    }
    return switch (query) {
      // More than asked for is well where they share an instant, which no page can cut.
      case Query.Page page ->
          nextCursor.filter(cursor -> cursor <= page.after()).isPresent()
              ? Optional.of("its cursor does not advance")
              : tooEarly(page.after());
      case Query.Slice slice -> tooMany(slice.maxEvents()).or(() -> tooEarly(slice.after()));
      case Query.Recent recent -> tooMany(recent.limit());
      case Query.Sample sample -> tooMany(sample.size());
    };
  }

  private Optional<String> tooEarly(long after) {
    return !eventRefs.isEmpty() && oldestTs <= after
        ? Optional.of("gives events from before the time asked for")
        : Optional.empty();
  }

  private Optional<String> tooMany(int most) {
    return count > most
        ? Optional.of("gives " + count + " events where " + most + " were asked for")
        : Optional.empty();
  }
}
