package nara.liveness;

import java.time.Duration;

/**
 * How a node keeps its memory up.
 *
 * @param writesObservations whether it writes down what it notices; a read-only node only looks
 * @param pings whether it reaches others over the mesh
 * @param hasBroker whether an MQTT broker is configured
 * @param missingAfter how long somebody may be silent before it is missing
 * @param checkInterval how often it looks who came and went
 * @param pingInterval how often it measures the round trip to one neighbour, whatever their number
 * @param expiryInterval how often it looks whom to forget
 * @param announceInterval how often a node without a broker announces itself again
 * @param pingTimeout how long a neighbour may take to answer a ping
 * @param timeout for the other parts of this node to answer
 */
public record LivenessConfig(
    boolean writesObservations,
    boolean pings,
    boolean hasBroker,
    Duration missingAfter,
    Duration checkInterval,
    Duration pingInterval,
    Duration expiryInterval,
    Duration announceInterval,
    Duration pingTimeout,
    Duration timeout) {

  /**
   * Two pings a minute and looking whom to forget every five minutes, as the reference does. It
   * looks around every second; every ten are as good where the shortest silence that counts has
   * three hundred. An announcement is in the zines of five minutes only, so without a broker those
   * who come later would not hear of it; at twice an hour it does not crowd the samples that must
   * hold all of them.
   */
  public static LivenessConfig of(
      boolean writesObservations, boolean pings, boolean hasBroker, Duration missingAfter) {
    return new LivenessConfig(
        writesObservations,
        pings,
        hasBroker,
        missingAfter,
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        Duration.ofMinutes(30),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30));
  }
}
