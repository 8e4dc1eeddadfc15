package nara.ledger.retention;

import java.util.List;
import nara.event.Observation;
import nara.ledger.index.SortedIndex;
import nara.ledger.index.StoredEvent;

/**
 * The observations that one nara made of another: at most {@value #MAX_KEPT}, by {@link
 * Share#ORDER}: those that the observer signed first; of these, restarts, then first-seen, then
 * status changes; of each the latest.
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

  record Key(String observer, String subject) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byObserver = observer.compareTo(other.observer);
      return byObserver != 0 ? byObserver : subject.compareTo(other.subject);
    }

    static Key of(Observation observation) {
      return new Key(observation.observer(), observation.subject());
    }
  }

  private final Key key;
  private final Share.Key share;

  /** The first to be removed comes first. */
  private final SortedIndex observations = new SortedIndex(Share.ORDER);

  /**
   * @param share to which the observations belong
   */
  PairObservations(Key key, Share.Key share) {
    this.key = key;
    this.share = share;
  }

  Key key() {
    return key;
  }

  Share.Key share() {
    return share;
  }

  List<StoredEvent> all() {
    return observations.stream().toList();
  }

  void add(StoredEvent stored) {
    observations.add(stored);
  }

  void remove(StoredEvent stored) {
    observations.remove(stored);
  }

  boolean isEmpty() {
    return observations.isEmpty();
  }

  /** The observation that goes first. */
  StoredEvent lowest() {
    return observations.first();
  }

  /** The number of observations beyond {@value #MAX_KEPT}: restarts, once the pair is trimmed. */
  int surplus() {
    return Math.max(0, observations.size() - MAX_KEPT);
  }

  /**
   * The next observation to remove, or null. Those beyond {@value #MAX_KEPT} stay only if they are
   * restarts that no checkpoint covers. Of each rank, the earliest start comes first, so it tells
   * whether the rank has any to remove.
   *
   * @param coveredUntil the time of the latest checkpoint about the subject, Unix seconds
   */
  StoredEvent nextToEvict(long coveredUntil) {
    int beyond = surplus();
    for (int first = 0; first < beyond; ) {
      StoredEvent stored = observations.get(first);
      if (!isRestart(stored) || Share.retentionTime(stored) <= coveredUntil) {
        return stored;
      }
      first = observations.rankAfter(Share.lastKeyOf(stored.retentionRank));
    }
    return null;
  }

  private static boolean isRestart(StoredEvent stored) {
    return stored.event().payload() instanceof Observation o
        && o.type().equals(Observation.RESTART);
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
