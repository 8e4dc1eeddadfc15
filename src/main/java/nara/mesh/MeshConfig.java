package nara.mesh;

import java.time.Duration;

/**
 * How this node speaks on the mesh. The defaults are {@link #defaults()}; each says why.
 *
 * @param enabled whether to serve the mesh; a node that does not may still ask
 * @param host interface to listen on
 * @param port to listen on; 0 takes a free one
 * @param advertise the address told to others as {@code host:port}; empty: host and port, unless
 *     the host is a wildcard
 * @param gzip whether to ask for and give compressed bodies where both sides take it
 * @param maxAnswerBytes of one answer as unpacked; 5,000 events of 475 bytes are 2.4 MB
 * @param maxRequestBytes of one request to us
 * @param maxInFlight requests under way to all peers together
 * @param maxInFlightPerPeer requests under way to one peer
 * @param maxQueuedPerPeer requests that may wait for one peer before more are refused
 * @param requestsPerSecond of one peer that signs, or of one address that does not, in the long
 *     run; 0 for no bound
 * @param requestsAtOnce of one of those before that counts: a recovery of 320,000 events by pages
 *     of 1,000 from us alone is 320 requests
 * @param connectTimeout to open a connection
 * @param stallTimeout how long a peer may send no byte, or hardly any, before its request is given
 *     up
 */
public record MeshConfig(
    boolean enabled,
    String host,
    int port,
    String advertise,
    boolean gzip,
    int maxAnswerBytes,
    int maxRequestBytes,
    int maxInFlight,
    int maxInFlightPerPeer,
    int maxQueuedPerPeer,
    int requestsPerSecond,
    int requestsAtOnce,
    Duration connectTimeout,
    Duration stallTimeout) {
  /** The mesh port of the network. */
  public static final int DEFAULT_PORT = 7433;

  /** What a node does that is told nothing else. */
  public static MeshConfig defaults() {
    return new MeshConfig(
        true,
        "0.0.0.0",
        DEFAULT_PORT,
        "",
        true,
        64 << 20,
        8 << 20,
        10,
        4,
        256,
        50,
        1_000,
        Duration.ofSeconds(5),
        Duration.ofSeconds(10));
  }

  /** The same, listening there. */
  public MeshConfig listeningOn(String otherHost, int otherPort) {
    return new MeshConfig(
        true,
        otherHost,
        otherPort,
        advertise,
        gzip,
        maxAnswerBytes,
        maxRequestBytes,
        maxInFlight,
        maxInFlightPerPeer,
        maxQueuedPerPeer,
        requestsPerSecond,
        requestsAtOnce,
        connectTimeout,
        stallTimeout);
  }

  /** The same, letting everybody ask as often: 0 for no bound. */
  public MeshConfig withRequestLimit(int perSecond, int atOnce) {
    return new MeshConfig(
        enabled,
        host,
        port,
        advertise,
        gzip,
        maxAnswerBytes,
        maxRequestBytes,
        maxInFlight,
        maxInFlightPerPeer,
        maxQueuedPerPeer,
        perSecond,
        atOnce,
        connectTimeout,
        stallTimeout);
  }
}
