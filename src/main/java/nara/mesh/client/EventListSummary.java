package nara.mesh.client;

import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Optional;
import java.util.Set;
import nara.event.EventId;
import nara.event.json.RawEvents;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.EventRef;

/**
 * Compares what the events of a response claim with what the request asked for, before any event is
 * parsed. A peer that sends other events than those asked for costs almost nothing.
 *
 * @param count events in the response
 * @param eventRefs timestamp and id of each event that begins with both, in the response's order
 * @param oldestTs the smallest timestamp, 0 when there is none
 * @param newestTs the largest timestamp, 0 when there is none
 * @param services what the events claim, see {@link RawEvents#services}
 */
record EventListSummary(
    int count, List<EventRef> eventRefs, long oldestTs, long newestTs, Set<String> services) {

  static EventListSummary of(RawEvents events) {
    List<EventRef> refs = new ArrayList<>(events.size());
    LongSummaryStatistics times = new LongSummaryStatistics();
    for (int i = 0; i < events.size(); i++) {
      EventId id = events.id(i);
      if (events.hasTs(i)) {
        times.accept(events.ts(i));
        if (id != null) {
          refs.add(new EventRef(events.ts(i), id));
        }
      }
    }
    long oldest = times.getCount() > 0 ? times.getMin() : 0;
    long newest = times.getCount() > 0 ? times.getMax() : 0;
    return new EventListSummary(events.size(), refs, oldest, newest, events.services());
  }

  /** Why these are too many events to look at, or empty. */
  Optional<String> excess(Query query) {
    return switch (query) {
      // A page may exceed its size: events of one timestamp stay on one page.
      case Query.Page page -> Optional.empty();
      case Query.Slice slice -> tooMany(slice.maxEvents());
      case Query.Recent recent -> tooMany(recent.limit());
      case Query.Sample sample -> tooMany(sample.size());
    };
  }

  /**
   * Why these events are not what the query asked for, or empty. Some of them may be: each event is
   * judged by itself.
   */
  Optional<String> fault(Query query, Optional<Long> nextCursor) {
    Set<String> requested = query.filter().services();
    if (!requested.isEmpty() && !requested.containsAll(services)) {
      return Optional.of("gives events of services that were not requested");
    }
    return switch (query) {
      case Query.Page page ->
          nextCursor.filter(cursor -> cursor <= page.after()).isPresent()
              ? Optional.of("its cursor does not advance")
              : tooEarly(page.after());
      case Query.Slice slice -> tooEarly(slice.after());
      case Query.Recent recent -> Optional.empty();
      case Query.Sample sample -> Optional.empty();
    };
  }

  private Optional<String> tooEarly(long after) {
    return !eventRefs.isEmpty() && oldestTs <= after
        ? Optional.of("gives events older than requested")
        : Optional.empty();
  }

  private Optional<String> tooMany(int max) {
    return count > max
        ? Optional.of("gives " + count + " events, at most " + max + " were requested")
        : Optional.empty();
  }
}
