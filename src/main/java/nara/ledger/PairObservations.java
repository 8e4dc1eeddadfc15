package nara.ledger;

import nara.event.Observation;
import nara.ledger.index.SortedIndex;
import nara.ledger.index.StoredEvent;

/**
 * What one nara observed of another, and how much of it is kept: {@value #MAX_KEPT}, restarts
 * first, then the first sighting, then changes of status; of each the latest.
 *
 * <p>Restarts beyond {@value #MAX_KEPT} are kept as well, as long as no checkpoint covers them.
 * They do not count towards the ledger's maximum: whether they are there depends on checkpoints
 * that may come later, and what else is pruned must not depend on that.
 *
 * <p>The contract ranks "the newest others" below restarts. Here a first sighting ranks before a
 * change of status, since the ledger's maximum may take the latter and not the former: only when
 * both limits agree on what is dearer, the result does not depend on which of them acts first.
 */
public final class PairObservations {
  static final int MAX_KEPT = 20;

  /** Who observed whom. */
  public record Key(String observer, String subject) {
    public static Key of(Observation observation) {
      return new Key(observation.observer(), observation.subject());
    }
  }

  private static final SortedIndex NONE = SortedIndex.byRetentionTime();

  private final Key key;

  // Most pairs have one of these: each is made when it is needed.
  private SortedIndex restarts = NONE;
  private SortedIndex firstSightings = NONE;
  private SortedIndex statusChanges = NONE;

  PairObservations(Key key) {
    this.key = key;
  }

  Key key() {
    return key;
  }

  void add(StoredEvent storedEvent) {
    switch (storedEvent.retentionPriority()) {
      case StoredEvent.RESTART -> restarts = addTo(restarts, storedEvent);
      case StoredEvent.FIRST_SEEN -> firstSightings = addTo(firstSightings, storedEvent);
      default -> statusChanges = addTo(statusChanges, storedEvent);
    }
  }

  private static SortedIndex addTo(SortedIndex kind, StoredEvent storedEvent) {
    SortedIndex made = kind == NONE ? SortedIndex.byRetentionTime() : kind;
    made.add(storedEvent);
    return made;
  }

  void remove(StoredEvent storedEvent) {
    switch (storedEvent.retentionPriority()) {
      case StoredEvent.RESTART -> restarts.remove(storedEvent);
      case StoredEvent.FIRST_SEEN -> firstSightings.remove(storedEvent);
      default -> statusChanges.remove(storedEvent);
    }
  }

  boolean isEmpty() {
    return restarts.isEmpty() && firstSightings.isEmpty() && statusChanges.isEmpty();
  }

  /** Restarts beyond the number that is kept in any case. */
  int surplusRestarts() {
    return Math.max(0, restarts.size() - MAX_KEPT);
  }

  /**
   * What has to go next; null when all may stay.
   *
   * @param coveredUntil the latest moment of a checkpoint about the subject, Unix seconds
   */
  StoredEvent nextToEvict(long coveredUntil) {
    if (restarts.size() + firstSightings.size() + statusChanges.size() <= MAX_KEPT) {
      return null;
    }
    if (!statusChanges.isEmpty()) {
      return statusChanges.first();
    }
    if (!firstSightings.isEmpty()) {
      return firstSightings.first();
    }
    StoredEvent oldest = restarts.first();
    return oldest.retentionTime() <= coveredUntil ? oldest : null;
  }

  /** How many of them happened in a span of time, both ends included, Unix nanoseconds. */
  int countWithin(long from, long to) {
    return countWithin(restarts, from, to)
        + countWithin(firstSightings, from, to)
        + countWithin(statusChanges, from, to);
  }

  private static int countWithin(SortedIndex kind, long from, long to) {
    int count = 0;
    SortedIndex.Cursor cursor = kind.cursor(0);
    for (StoredEvent storedEvent = cursor.current();
        storedEvent != null;
        storedEvent = cursor.current()) {
      if (storedEvent.event().ts() >= from && storedEvent.event().ts() <= to) {
        count++;
      }
      cursor.forward();
    }
    return count;
  }
}
