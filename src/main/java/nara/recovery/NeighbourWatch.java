package nara.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * When a node that found nobody looks for neighbours again: after a quarter of the time that it has
 * waited so far, but at least every {@link RecoveryLimits#MAX_WATCH_WAIT}.
 */
final class NeighbourWatch {
  private final RandomGenerator random;
  private final Instant since;
  private Instant lastLook;

  /** A watch that begins now, after a recovery that found nobody. */
  NeighbourWatch(RandomGenerator random, Instant now) {
    this.random = random;
    this.since = now;
    this.lastLook = now;
  }

  /** The wait before the next look, which this node makes itself. */
  Duration nextWait(Instant now) {
    lastLook = now;
    long waited = Duration.between(since, now).toMillis() / RecoveryLimits.WATCH_SHARE;
    long wait =
        Math.clamp(
            waited,
            RecoveryLimits.FIRST_WATCH_WAIT.toMillis(),
            RecoveryLimits.MAX_WATCH_WAIT.toMillis());
    // Nodes that lost their network together do not look together.
    return Duration.ofMillis(wait * 9 / 10 + random.nextLong(1 + wait / 5));
  }

  /** The wait before a look because a neighbour appeared: strangers can appear all the time. */
  Duration waitAfterAppearance(Instant now) {
    Duration wait = Duration.between(now, lastLook.plus(RecoveryLimits.FIRST_WATCH_WAIT));
    return wait.isNegative() ? Duration.ZERO : wait;
  }
}
