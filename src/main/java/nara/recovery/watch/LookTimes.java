package nara.recovery.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * When a node that found nobody, or only some, looks for neighbours again: after a quarter of the
 * time that it has waited so far, but at least every {@link WatchLimits#MAX_WAIT}.
 */
final class LookTimes {
  private final RandomGenerator random;
  private final Instant since;
  private Instant lastLook;
  private int fruitless;
  private Instant strangersFrom = Instant.MIN;

  /** A watch that begins now, after a recovery. */
  LookTimes(RandomGenerator random, Instant now) {
    this.random = random;
    this.since = now;
    this.lastLook = now;
  }

  /** The wait before the next look, which this node makes itself. */
  Duration nextWait(Instant now) {
    lastLook = now;
    long waited = Duration.between(since, now).toMillis() / WatchLimits.WAIT_SHARE;
    long wait =
        Math.clamp(waited, WatchLimits.FIRST_WAIT.toMillis(), WatchLimits.MAX_WAIT.toMillis());
    // Nodes that lost their network together do not look together.
    return Duration.ofMillis(wait * 9 / 10 + random.nextLong(1 + wait / 5));
  }

  /** Another recovery obtained nothing: strangers can cause the next one only later. */
  void onNothingObtained(Instant now) {
    int doublings = Math.min(fruitless, WatchLimits.MAX_DOUBLINGS);
    fruitless++;
    Duration wait = WatchLimits.FIRST_WAIT.multipliedBy(1L << doublings);
    strangersFrom =
        now.plus(wait.compareTo(WatchLimits.MAX_WAIT) < 0 ? wait : WatchLimits.MAX_WAIT);
  }

  /** Whether a neighbour that is not configured may start a recovery. */
  boolean asksStrangers(Instant now) {
    return !now.isBefore(strangersFrom);
  }

  /** The wait before a look because a neighbour appeared: strangers can appear all the time. */
  Duration waitAfterAppearance(Instant now) {
    Duration wait = Duration.between(now, lastLook.plus(WatchLimits.FIRST_WAIT));
    return wait.isNegative() ? Duration.ZERO : wait;
  }
}
