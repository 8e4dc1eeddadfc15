package nara.liveness;

import java.time.Duration;

/**
 * How a node checks its neighbours.
 *
 * @param writesObservations false on a read-only node: it only seeds round trips and expires
 *     neighbours
 * @param pings whether it can reach others over the mesh
 * @param missingAfter how long a neighbour may be silent
 * @param checkInterval between two presence checks
 * @param pingInterval between two scheduled pings, however many neighbours there are
 * @param expiryInterval between two expiry runs
 * @param announceInterval between two announcements of a node without a broker
 * @param pingTimeout of a ping on the network
 * @param timeout of requests to other parts of this node
 */
public record LivenessConfig(
    boolean writesObservations,
    boolean pings,
    Duration missingAfter,
    Duration checkInterval,
    Duration pingInterval,
    Duration expiryInterval,
    Duration announceInterval,
    Duration pingTimeout,
    Duration timeout) {

  /**
   * Pings and expiry as often as the reference. It checks presence every second; ten seconds do as
   * well, because the shortest silence that counts is 300. Zines hold an announcement for five
   * minutes only, so a node without a broker repeats it for those that come later. Twice an hour
   * does not crowd the samples, which must contain all announcements.
   */
  public static LivenessConfig of(
      boolean writesObservations, boolean pings, Duration missingAfter) {
    return new LivenessConfig(
        writesObservations,
        pings,
        missingAfter,
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        Duration.ofMinutes(30),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30));
  }
}
