package nara.liveness;

import java.time.Duration;

/**
 * How a node checks its neighbours.
 *
 * @param writesObservations false on a read-only node: it only reads round trips and expires
 *     neighbours
 * @param pings whether it can reach others over the mesh
 * @param hasBroker whether a broker is configured
 * @param missingAfter how long a neighbour may be silent
 */
public record LivenessConfig(
    boolean writesObservations, boolean pings, boolean hasBroker, Duration missingAfter) {
  /** The reference checks each second; the shortest silence that counts is 300 seconds. */
  static final Duration CHECK_INTERVAL = Duration.ofSeconds(10);

  /**
   * After a longer time between two checks, this node was suspended, or its clock was set. A busy
   * machine delays a check by seconds.
   */
  static final Duration MAX_CHECK_GAP = CHECK_INTERVAL.multipliedBy(3);

  // The reference's values. One ping per interval, however many neighbours there are.
  static final Duration PING_INTERVAL = Duration.ofSeconds(30);
  static final Duration PING_TIMEOUT = Duration.ofSeconds(5);
  static final Duration EXPIRY_INTERVAL = Duration.ofMinutes(5);

  /**
   * Between announcements of a node without a broker. Zines hold an announcement for five minutes
   * only, so later nodes would miss it. Samples must contain all announcements, so they are rare.
   */
  static final Duration ANNOUNCE_INTERVAL = Duration.ofMinutes(30);
}
