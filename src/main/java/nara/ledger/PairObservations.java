package nara.ledger;

import java.util.Comparator;
import nara.event.Observation;
import nara.ledger.Retention.Priority;
import nara.ledger.index.EventOrder;
import nara.ledger.index.SortedIndex;
import nara.ledger.index.StoredEvent;

/**
 * The observations that one nara made of another: at most {@value #MAX_KEPT}, restarts first, then
 * first-seen, then status changes; of each the latest.
 *
 * <p>More restarts are kept as long as no checkpoint covers them. These do not count towards the
 * ledger's maximum: a later checkpoint may remove them, and it must not decide what else is pruned.
 *
 * <p>The contract ranks "the newest others" below restarts. Here a first-seen ranks before a status
 * change, because the ledger's maximum may prune the latter only. Both limits must agree on this
 * order, or the result would depend on which limit acts first.
 */
final class PairObservations {
  static final int MAX_KEPT = 20;

  private static final EventOrder ORDER =
      new EventOrder(
          stored -> Retention.priority(stored.event()).ordinal(),
          Comparator.comparingLong(Retention::retentionTime)
              .thenComparing(StoredEvent::event, StoredEvent::compare));

  record Key(String observer, String subject) {
    static Key of(Observation observation) {
      return new Key(observation.observer(), observation.subject());
    }
  }

  private final Key key;

  /** The first to be removed comes first. */
  private final SortedIndex observations = new SortedIndex(ORDER);

  private int restarts;

  PairObservations(Key key) {
    this.key = key;
  }

  Key key() {
    return key;
  }

  void add(StoredEvent stored) {
    observations.add(stored);
    restarts += isRestart(stored) ? 1 : 0;
  }

  void remove(StoredEvent stored) {
    observations.remove(stored);
    restarts -= isRestart(stored) ? 1 : 0;
  }

  private static boolean isRestart(StoredEvent stored) {
    return Retention.priority(stored.event()) == Priority.RESTART;
  }

  boolean isEmpty() {
    return observations.isEmpty();
  }

  /** The number of restarts beyond {@value #MAX_KEPT}. */
  int surplusRestarts() {
    return Math.max(0, restarts - MAX_KEPT);
  }

  /**
   * The next observation to remove, or null.
   *
   * @param coveredUntil the time of the latest checkpoint about the subject, Unix seconds
   */
  StoredEvent nextToEvict(long coveredUntil) {
    if (observations.size() <= MAX_KEPT) {
      return null;
    }
    StoredEvent first = observations.first();
    return isRestart(first) && Retention.retentionTime(first) > coveredUntil ? null : first;
  }

  /** The number of observations in a span of time, both ends included, Unix nanoseconds. */
  int countWithin(long from, long to) {
    return (int)
        observations.stream()
            .mapToLong(stored -> stored.event().ts())
            .filter(ts -> ts >= from && ts <= to)
            .count();
  }
}
