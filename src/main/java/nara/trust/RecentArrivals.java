package nara.trust;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import nara.event.EventId;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.trust.TrustRequest.Arrival;

/**
 * Remembers from where the newest merged events came. It stores whole batches, so adding costs
 * little during a recovery; a lookup searches all batches. Not thread-safe.
 */
final class RecentArrivals {
  /** About 3 MB if each event came alone. Operators ask about new events mostly. */
  static final int MAX_EVENTS = 20_000;

  private record Batch(Arrival arrival, EventId[] ids) {}

  private final Deque<Batch> batches = new ArrayDeque<>();
  private int events;

  /** Adds a merged batch. The ledger may have held some of its events before. */
  void add(OfferSource source, Instant at, List<JudgedEvent> merged) {
    List<JudgedEvent> newest =
        merged.subList(Math.max(0, merged.size() - MAX_EVENTS), merged.size());
    EventId[] ids = new EventId[newest.size()];
    Arrays.setAll(ids, i -> newest.get(i).event().id());
    batches.addLast(new Batch(new Arrival(source, at), ids));
    events += ids.length;
    while (events > MAX_EVENTS) {
      events -= batches.removeFirst().ids.length;
    }
  }

  /** The oldest arrival of an event among the stored ones. */
  Optional<Arrival> find(EventId id) {
    for (Batch batch : batches) {
      for (EventId each : batch.ids) {
        if (each.equals(id)) {
          return Optional.of(batch.arrival);
        }
      }
    }
    return Optional.empty();
  }
}
