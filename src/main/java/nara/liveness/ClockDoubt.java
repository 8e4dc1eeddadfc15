package nara.liveness;

import java.time.Duration;
import java.time.Instant;
import nara.clock.NetworkClock;

/**
 * Whether a wrong clock of this node may be why neighbours seem silent.
 *
 * <p>Strangers can bring the votes of any number of hosts, and renew them. So without votes of
 * configured neighbours the doubt ends after the time that a vote lasts. It may begin again when
 * there was no reason for it as long.
 *
 * <p>Pure; not thread-safe.
 */
final class ClockDoubt {
  private static final Duration MAX_DOUBT = NetworkClock.MAX_AGE;

  private Instant since = Instant.MIN;
  private Instant last = Instant.MIN;

  /**
   * To be called at each check.
   *
   * @param clockSeemsWrong by the votes of neighbours
   * @param configured whether configured neighbours have votes
   * @param now by a clock that nobody sets
   */
  boolean explainsSilence(boolean clockSeemsWrong, boolean configured, Instant now) {
    if (!clockSeemsWrong || configured) {
      return clockSeemsWrong;
    }
    if (last.equals(Instant.MIN) || now.isAfter(last.plus(MAX_DOUBT))) {
      since = now;
    }
    last = now;
    return now.isBefore(since.plus(MAX_DOUBT));
  }
}
