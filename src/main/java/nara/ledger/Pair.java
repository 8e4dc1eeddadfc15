package nara.ledger;

import nara.event.Observation;

/**
 * What one nara observed of another, and how much of it is kept: {@value #KEPT}, restarts first,
 * then the first sighting, then changes of status; of each the latest.
 *
 * <p>Restarts beyond {@value #KEPT} are kept as well, as long as no checkpoint covers them. They do
 * not count towards the ledger's maximum: whether they are there depends on checkpoints that may
 * come later, and what else is pruned must not depend on that.
 *
 * <p>The contract ranks "the newest others" below restarts. Here a first sighting ranks before a
 * change of status, since the ledger's maximum may take the latter and not the former: only when
 * both limits agree on what is dearer, the result does not depend on which of them acts first.
 */
final class Pair {
  static final int KEPT = 20;

  /** Who observed whom. */
  record Key(String observer, String subject) {
    static Key of(Observation observation) {
      return new Key(observation.observer(), observation.subject());
    }
  }

  private static final Ordered NONE = Ordered.byAge();

  private final Key key;

  // Most pairs have one of these: each is made when it is needed.
  private Ordered restarts = NONE;
  private Ordered sightings = NONE;
  private Ordered changes = NONE;

  Pair(Key key) {
    this.key = key;
  }

  Key key() {
    return key;
  }

  void add(Held held) {
    switch (held.rank()) {
      case Held.RESTART -> restarts = with(restarts, held);
      case Held.FIRST_SEEN -> sightings = with(sightings, held);
      default -> changes = with(changes, held);
    }
  }

  private static Ordered with(Ordered kind, Held held) {
    Ordered made = kind == NONE ? Ordered.byAge() : kind;
    made.add(held);
    return made;
  }

  void remove(Held held) {
    switch (held.rank()) {
      case Held.RESTART -> restarts.remove(held);
      case Held.FIRST_SEEN -> sightings.remove(held);
      default -> changes.remove(held);
    }
  }

  boolean isEmpty() {
    return restarts.isEmpty() && sightings.isEmpty() && changes.isEmpty();
  }

  /** Restarts beyond the number that is kept in any case. */
  int surplus() {
    return Math.max(0, restarts.size() - KEPT);
  }

  /**
   * What has to go next; null when all may stay.
   *
   * @param coveredUntil the latest moment of a checkpoint about the subject, Unix seconds
   */
  Held excess(long coveredUntil) {
    if (restarts.size() + sightings.size() + changes.size() <= KEPT) {
      return null;
    }
    if (!changes.isEmpty()) {
      return changes.first();
    }
    if (!sightings.isEmpty()) {
      return sightings.first();
    }
    Held oldest = restarts.first();
    return oldest.age() <= coveredUntil ? oldest : null;
  }

  /** How many of them happened in a span of time, both ends included, Unix nanoseconds. */
  int within(long from, long to) {
    return within(restarts, from, to) + within(sightings, from, to) + within(changes, from, to);
  }

  private static int within(Ordered kind, long from, long to) {
    int count = 0;
    Ordered.Cursor cursor = kind.cursor(0);
    for (Held held = cursor.held(); held != null; held = cursor.held()) {
      if (held.event().ts() >= from && held.event().ts() <= to) {
        count++;
      }
      cursor.forward();
    }
    return count;
  }
}
