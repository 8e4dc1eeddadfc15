package nara.cluster;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * When a member may lead, as a state machine without clocks, sockets or maps.
 *
 * <p>Nobody compares clocks. A leader counts its lease from the moment before it sent the renewal
 * that came through, and gives up an eighth before the end; the others count from the moment they
 * saw the entry change, and take over an eighth after the end. So two never lead at once, however
 * far apart their clocks are, as long as these run about equally fast. A leader that stood still
 * finds at once that its lease is over, and if it should not: its term is.
 *
 * <p>Times are nanoseconds of this member's own monotonic clock.
 */
final class Leadership {
  /** A lease's safety margin, as a part of it. */
  private static final int MARGIN = 8;

  /** What to do now. */
  sealed interface Move {
    /** Nothing. */
    record Wait() implements Move {}

    /**
     * Replace the entry, if it is still the one that was seen.
     *
     * @param seen empty: there must be none
     * @param wanted what to put there
     */
    record Replace(Optional<Lease> seen, Lease wanted) implements Move {}

    /** Stop leading: the sentence says why. */
    record StepDown(String why) implements Move {}
  }

  private final String me;
  private final String name;
  private final long lease;

  private Optional<Lease> seen = Optional.empty();
  private long seenChange;
  private boolean leading;
  private long renewedAt;

  /**
   * A member that does not lead.
   *
   * @param me its node id
   * @param name what it is called
   * @param lease how long a lead lasts that is not renewed
   */
  Leadership(String me, String name, Duration lease) {
    this.me = me;
    this.name = name;
    this.lease = lease.toNanos();
  }

  /** Whether this member leads. */
  boolean leading() {
    return leading;
  }

  /** The term of the entry as it was last seen. */
  long term() {
    return seen.map(Lease::term).orElse(0L);
  }

  /** Takes note of the entry as it is in the map. */
  void saw(Optional<Lease> entry, long now) {
    // A leader knows its own entry best: what it reads may be older than what it has put there.
    if (!leading && !entry.equals(seen)) {
      seen = entry;
      seenChange = now;
    }
  }

  /**
   * What to do at this time.
   *
   * @param eligible whether this member may begin to lead: it has the role, a quorum, and all
   *     events
   * @param highestTerm the highest term that this member has heard of, from whomever
   */
  Move next(boolean eligible, long highestTerm, long now) {
    if (leading) {
      return nextOfLeader(highestTerm, now);
    }
    boolean over =
        seen.isEmpty()
            || seen.get().free()
            || seen.get().holder().equals(me)
            || now - seenChange > lease + lease / MARGIN;
    if (!eligible || !over) {
      return new Move.Wait();
    }
    long term = Math.max(term(), highestTerm) + 1;
    return new Move.Replace(seen, new Lease(term, 0, me, name));
  }

  private Move nextOfLeader(long highestTerm, long now) {
    Lease mine = seen.orElseThrow();
    if (highestTerm > mine.term()) {
      return lost("its term " + mine.term() + " is over: term " + highestTerm + " leads");
    }
    long over = now - renewedAt - (lease - lease / MARGIN);
    if (over > 0) {
      return lost(
          String.format(
              Locale.ROOT,
              "its lease of term %d could not be renewed in time and ended %.1f s ago",
              mine.term(),
              over / 1e9));
    }
    return new Move.Replace(seen, mine.renewed());
  }

  /** Stops leading because this member leaves; the lease to give up, when there is one. */
  Optional<Lease> resign() {
    Optional<Lease> mine = leading ? seen : Optional.empty();
    leading = false;
    return mine;
  }

  /** The replacement came through; {@code sentAt} is from before it was sent. */
  void replaced(Lease wanted, long sentAt) {
    seen = Optional.of(wanted);
    seenChange = sentAt;
    renewedAt = sentAt;
    leading = isMine(wanted);
  }

  /** The entry was another one than was seen, as {@code entry} tells. */
  Move notReplaced(Optional<Lease> entry, long now) {
    if (leading && entry.isPresent() && sameLead(entry.get())) {
      // A renewal of which nobody knew whether it came through. Nor is it known now whether the
      // others have it: the lease is not the longer for it.
      seen = entry;
      return new Move.Wait();
    }
    boolean led = leading;
    long before = term();
    leading = false;
    seen = entry;
    seenChange = now;
    return led
        ? new Move.StepDown(
            "its lease of term "
                + before
                + " was taken"
                + entry.map(l -> ": " + l.name() + " leads in term " + l.term()).orElse(""))
        : new Move.Wait();
  }

  private Move lost(String why) {
    leading = false;
    return new Move.StepDown(why);
  }

  private boolean sameLead(Lease entry) {
    return isMine(entry) && entry.term() == term();
  }

  private boolean isMine(Lease entry) {
    return entry.holder().equals(me);
  }
}
