package nara.recovery.watch;

import java.time.Duration;

/** Limits of the watch for neighbours. */
public final class WatchLimits {
  /** The least wait between two looks. */
  static final Duration FIRST_WAIT = Duration.ofSeconds(5);

  /** The longest one: a node that waits for days must still notice a neighbour soon. */
  static final Duration MAX_WAIT = Duration.ofMinutes(5);

  /** Each wait is the time waited so far, divided by this, so that the load falls slowly. */
  static final int WAIT_SHARE = 4;

  /** The wait for strangers doubles so often, up to the longest one. */
  static final int MAX_DOUBLINGS = 6;

  /** The longest time of one look. A discovery of a recovery may take as long. */
  public static final Duration LOOK_PATIENCE = Duration.ofSeconds(10);

  /** Names and addresses that were asked, in memory: strangers can have any number of them. */
  static final int MAX_ASKED = 20_000;

  /**
   * How long after its first recovery a node without configured peers recovers again for neighbours
   * at new hosts: the first comer may be the only liar.
   */
  static final Duration NEW_HOSTS_TIME = Duration.ofMinutes(5);

  /** Asked hosts that are enough: an attacker has few. */
  static final int ENOUGH_HOSTS = 8;

  /**
   * The longest pause before another recovery because a configured peer gave nothing. The
   * background sync runs as often as that.
   */
  static final Duration MAX_FAILED_WAIT = Duration.ofMinutes(30);

  private WatchLimits() {}
}
