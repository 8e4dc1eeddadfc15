package nara.cluster;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import nara.cluster.map.Lease;

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
final class LeaderElection {
  /** A lease's safety margin, as a part of it. */
  private static final int MARGIN_DIVISOR = 8;

  /** What to do now. */
  sealed interface ElectionAction {
    /** Nothing. */
    record Wait() implements ElectionAction {}

    /**
     * Replace the entry, if it is still the one that was seen.
     *
     * @param expected empty: there must be none
     * @param replacement what to put there
     */
    record ReplaceLease(Optional<Lease> expected, Lease replacement) implements ElectionAction {}

    /** Stop leading: the sentence says why. */
    record StepDown(String reason) implements ElectionAction {}
  }

  private final String nodeId;
  private final String name;
  private final long leaseNanos;

  private Optional<Lease> lastSeen = Optional.empty();
  private long changedAtNanos;
  private boolean leading;
  private long renewedAtNanos;

  /**
   * A member that does not lead.
   *
   * @param nodeId its node id
   * @param name what it is called
   * @param lease how long a lead lasts that is not renewed
   */
  LeaderElection(String nodeId, String name, Duration lease) {
    this.nodeId = nodeId;
    this.name = name;
    this.leaseNanos = lease.toNanos();
  }

  /** Whether this member leads. */
  boolean leading() {
    return leading;
  }

  /** The term of the entry as it was last seen. */
  long term() {
    return lastSeen.map(Lease::term).orElse(0L);
  }

  /** Takes note of the entry as it is in the map. */
  void observe(Optional<Lease> entry, long now) {
    // A leader knows its own entry best: what it reads may be older than what it has put there.
    if (!leading && !entry.equals(lastSeen)) {
      lastSeen = entry;
      changedAtNanos = now;
    }
  }

  /**
   * What to do at this time.
   *
   * @param eligible whether this member may begin to lead: it has the role, a quorum, and all
   *     events
   * @param highestTerm the highest term that this member has heard of, from whomever
   */
  ElectionAction nextAction(boolean eligible, long highestTerm, long now) {
    if (leading) {
      return nextLeaderAction(highestTerm, now);
    }
    boolean leaseExpired =
        lastSeen.isEmpty()
            || lastSeen.get().isReleased()
            || lastSeen.get().holderId().equals(nodeId)
            || now - changedAtNanos > leaseNanos + leaseNanos / MARGIN_DIVISOR;
    if (!eligible || !leaseExpired) {
      return new ElectionAction.Wait();
    }
    long term = Math.max(term(), highestTerm) + 1;
    return new ElectionAction.ReplaceLease(lastSeen, new Lease(term, 0, nodeId, name));
  }

  private ElectionAction nextLeaderAction(long highestTerm, long now) {
    Lease mine = lastSeen.orElseThrow();
    if (highestTerm > mine.term()) {
      return stepDown("its term " + mine.term() + " is over: term " + highestTerm + " leads");
    }
    long overdueNanos = now - renewedAtNanos - (leaseNanos - leaseNanos / MARGIN_DIVISOR);
    if (overdueNanos > 0) {
      return stepDown(
          String.format(
              Locale.ROOT,
              "its lease of term %d could not be renewed in time and ended %.1f s ago",
              mine.term(),
              overdueNanos / 1e9));
    }
    return new ElectionAction.ReplaceLease(lastSeen, mine.renewed());
  }

  /** Stops leading because this member leaves; the lease to give up, when there is one. */
  Optional<Lease> resign() {
    Optional<Lease> mine = leading ? lastSeen : Optional.empty();
    leading = false;
    return mine;
  }

  /** The replacement came through; {@code sentAt} is from before it was sent. */
  void onReplaced(Lease replacement, long sentAt) {
    lastSeen = Optional.of(replacement);
    changedAtNanos = sentAt;
    renewedAtNanos = sentAt;
    leading = isMine(replacement);
  }

  /** The entry was another one than was seen, as {@code entry} tells. */
  ElectionAction onNotReplaced(Optional<Lease> entry, long now) {
    if (leading && entry.isPresent() && isMyTerm(entry.get())) {
      // A renewal of which nobody knew whether it came through. Nor is it known now whether the
      // others have it: the lease is not the longer for it.
      lastSeen = entry;
      return new ElectionAction.Wait();
    }
    boolean led = leading;
    long before = term();
    leading = false;
    lastSeen = entry;
    changedAtNanos = now;
    return led
        ? new ElectionAction.StepDown(
            "its lease of term "
                + before
                + " was taken"
                + entry.map(l -> ": " + l.holderName() + " leads in term " + l.term()).orElse(""))
        : new ElectionAction.Wait();
  }

  private ElectionAction stepDown(String reason) {
    leading = false;
    return new ElectionAction.StepDown(reason);
  }

  private boolean isMyTerm(Lease entry) {
    return isMine(entry) && entry.term() == term();
  }

  private boolean isMine(Lease entry) {
    return entry.holderId().equals(nodeId);
  }
}
