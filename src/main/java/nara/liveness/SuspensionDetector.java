package nara.liveness;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Notices that this node did not run for a time: its machine was suspended, its process or virtual
 * machine was stopped. It compares the times of checks by the system's clock, since clocks for
 * durations stand still while a machine is suspended. A clock that was set forward looks the same.
 */
final class SuspensionDetector {
  private final Duration maxGap;
  private Instant lastCheck = Instant.MAX;

  /**
   * @param maxGap the longest time between two checks of a node that runs
   */
  SuspensionDetector(Duration maxGap) {
    this.maxGap = maxGap;
  }

  /** A check begins. Returns the time since the last one when that is too long. */
  Optional<Duration> onCheck(Instant now) {
    Instant last = lastCheck;
    lastCheck = now;
    return now.isAfter(last)
        ? Optional.of(Duration.between(last, now)).filter(gap -> gap.compareTo(maxGap) > 0)
        : Optional.empty();
  }
}
