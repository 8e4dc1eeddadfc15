package nara.mesh;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import nara.mesh.wire.AddressPolicy;
import nara.mesh.wire.PeerAddress;

/**
 * The mesh section of the configuration.
 *
 * @param enabled whether to serve the mesh; the client works either way
 * @param host interface to listen on
 * @param port to listen on; 0 takes a free one
 * @param advertise the address that others are told, {@code host:port}; empty: host and port,
 *     unless the host is a wildcard
 * @param gzip whether to compress bodies where both sides accept it
 * @param maxAnswerBytes of one response without compression; 5,000 events of 475 bytes are 2.4 MB
 * @param maxRequestBytes of the body of one request to this node
 * @param maxInFlight requests in flight to all peers together
 * @param maxInFlightPerPeer requests in flight to one peer
 * @param maxQueuedPerPeer requests that may wait for one peer before more are refused
 * @param requestsPerSecond sustained rate of one peer, or of one address when the request is not
 *     signed; 0 for no limit
 * @param requestsAtOnce burst above that rate: a recovery of 320,000 events from this node alone
 *     takes 320 pages of 1,000
 * @param connectTimeout to open a connection
 * @param stallTimeout how long a peer may send nothing, or hardly anything, before its request ends
 * @param proxy carries the requests to peers on other machines; empty: they are direct
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
    Duration stallTimeout,
    Optional<SocksProxy> proxy) {
  /** The mesh port of the network. */
  public static final int DEFAULT_PORT = PeerAddress.DEFAULT_PORT;

  /** One response takes at most one part in so many of the heap. */
  private static final int HEAP_PART = 16;

  public static MeshConfig defaults() {
    return new MeshConfig(
        true,
        "0.0.0.0",
        DEFAULT_PORT,
        "",
        true,
        (int) Math.min(64 << 20, Runtime.getRuntime().maxMemory() / HEAP_PART),
        8 << 20,
        10,
        4,
        256,
        50,
        1_000,
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Optional.empty());
  }

  /**
   * Why a peer cannot ask this node for its key, in a clause: it asks at the address from which
   * this node calls it. Empty when nothing in this section keeps it from that.
   *
   * @param peerHost an IP address; a name is not looked up
   */
  public Optional<String> keyQueryFault(String peerHost) {
    if (!enabled) {
      return Optional.of(
          "mesh.enabled is false, so it cannot ask this node for its key; set it to true");
    }
    Optional<InetAddress> own = AddressPolicy.literal(host);
    Optional<InetAddress> peer = AddressPolicy.literal(peerHost);
    if (own.isEmpty() || peer.isEmpty() || own.get().isAnyLocalAddress()) {
      return Optional.empty();
    }
    boolean sameFamily = own.get().getAddress().length == peer.get().getAddress().length;
    return sameFamily && own.get().isLoopbackAddress() == peer.get().isLoopbackAddress()
        ? Optional.empty()
        : Optional.of(
            "it cannot ask this node for its key, because the mesh listens on %s only and calls %s from another address; set mesh.host to 0.0.0.0, or to an address that %2$s reaches"
                .formatted(host, peerHost));
  }

  /** The same, serving at another host and port. */
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
        stallTimeout,
        proxy);
  }

  /**
   * Whether host and port tell others where this node is. A wildcard does not, nor does loopback
   * behind a proxy: there the proxy's network knows this node by another address.
   */
  public boolean hostIsItsAddress() {
    return !AddressPolicy.isWildcard(host)
        && !(proxy.isPresent() && AddressPolicy.isLoopback(host));
  }
}
