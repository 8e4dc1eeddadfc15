package nara.cluster;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import nara.cluster.map.Lease;

/**
 * Decides when a member leads: a state machine without clocks, sockets or maps.
 *
 * <p>Members do not compare clocks. A leader counts its lease from the time at which it sent the
 * last successful renewal, and steps down an eighth before the end. The others count from the time
 * at which they saw the lease change, and take over an eighth after the end. So two members never
 * lead at once, as long as their clocks run about equally fast. A leader that was paused finds that
 * its lease has expired, or at the latest that its term is over.
 *
 * <p>Times are nanoseconds of this member's monotonic clock.
 */
final class LeaderElection {
  /** The safety margin is the lease divided by this. */
  private static final int MARGIN_DIVISOR = 8;

  /** The next action of the member. */
  sealed interface ElectionAction {
    record Wait() implements ElectionAction {}

    /**
     * Replace the lease in the map, if it is still the expected one.
     *
     * @param expected empty: the map must hold no lease
     */
    record ReplaceLease(Optional<Lease> expected, Lease replacement) implements ElectionAction {}

    /** Stop leading. */
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
   * A member that does not lead yet.
   *
   * @param lease duration without a renewal
   */
  LeaderElection(String nodeId, String name, Duration lease) {
    this.nodeId = nodeId;
    this.name = name;
    this.leaseNanos = lease.toNanos();
  }

  boolean leading() {
    return leading;
  }

  /** The term of the last seen lease, or 0. */
  long term() {
    return lastSeen.map(Lease::term).orElse(0L);
  }

  /** Observes the lease in the map. */
  void observe(Optional<Lease> lease, long now) {
    // A leader ignores it: a read may return an older lease than the leader's last renewal.
    if (!leading && !lease.equals(lastSeen)) {
      lastSeen = lease;
      changedAtNanos = now;
    }
  }

  /**
   * The action at this time.
   *
   * @param eligible whether this member may start to lead: it has the role, a quorum, and all
   *     events
   * @param highestTerm the highest term that this member has seen
   */
  ElectionAction nextAction(boolean eligible, long highestTerm, long now) {
    if (leading) {
      return nextLeaderAction(highestTerm, now);
    }
    boolean leaseExpired =
        lastSeen.isEmpty()
            || lastSeen.get().isReleased()
            || isMine(lastSeen.get())
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
      return stepDown(
          "term %d is over; the current term is %d".formatted(mine.term(), highestTerm));
    }
    long overdueNanos = now - renewedAtNanos - (leaseNanos - leaseNanos / MARGIN_DIVISOR);
    if (overdueNanos > 0) {
      return stepDown(
          String.format(
              Locale.ROOT,
              "could not renew the lease of term %d in time; it ended %.1f s ago",
              mine.term(),
              overdueNanos / 1e9));
    }
    return new ElectionAction.ReplaceLease(lastSeen, mine.renewed());
  }

  /** Stops leading because this member leaves. Returns the lease to release, if it led. */
  Optional<Lease> resign() {
    Optional<Lease> mine = leading ? lastSeen : Optional.empty();
    leading = false;
    return mine;
  }

  /** The replacement succeeded; {@code sentAt} is a time before it was sent. */
  void onReplaced(Lease replacement, long sentAt) {
    lastSeen = Optional.of(replacement);
    changedAtNanos = sentAt;
    renewedAtNanos = sentAt;
    leading = isMine(replacement);
  }

  /** The replacement failed, because the map holds this lease instead of the expected one. */
  ElectionAction onNotReplaced(Optional<Lease> current, long now) {
    long term = term();
    if (leading && current.filter(lease -> isMine(lease) && lease.term() == term).isPresent()) {
      // An earlier renewal with an unknown result. The backups may still miss it, so it does not
      // extend the lease.
      lastSeen = current;
      return new ElectionAction.Wait();
    }
    boolean led = leading;
    leading = false;
    lastSeen = current;
    changedAtNanos = now;
    if (!led) {
      return new ElectionAction.Wait();
    }
    return new ElectionAction.StepDown(
        current
            .map(
                lease ->
                    "%s took the lease of term %d and leads in term %d"
                        .formatted(lease.holderName(), term, lease.term()))
            .orElse("the lease of term " + term + " is no longer in the map"));
  }

  private ElectionAction stepDown(String reason) {
    leading = false;
    return new ElectionAction.StepDown(reason);
  }

  private boolean isMine(Lease lease) {
    return lease.holderId().equals(nodeId);
  }
}
