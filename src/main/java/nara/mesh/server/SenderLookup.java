package nara.mesh.server;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import nara.bounds.BoundedMap;
import nara.bounds.RateLimiter;
import nara.identity.Origin;
import nara.identity.Witness;
import nara.mesh.MeshConfig;
import nara.mesh.MeshNode;
import nara.mesh.PingClient;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.PeerAddress;
import nara.mesh.wire.PingResponse;

/**
 * Learns a sender's key by pinging its source address, as the wire contract says. The response must
 * carry the name that the sender claims.
 *
 * <p>It pings no other address. The port is the directory's for that name, the one that the sender
 * claims, or the network's. Lookups are bounded in flight and per second, in all and per address,
 * and a failed one is not repeated for a while.
 *
 * <p>Lives on one event loop.
 */
final class SenderLookup {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final PingClient client;
  private final MeshNode node;
  private final InstantSource steady;
  private final PeerDirectory peerDirectory;

  private final Map<Sender, Future<Boolean>> inFlight = new HashMap<>();
  private final Map<Sender, Instant> failedAt = BoundedMap.fifo(MeshLimits.FAILED_LOOKUPS);
  private final RateLimiter pingsPerHost;
  private final RateLimiter pingsInAll;

  private record Sender(String name, String host) {}

  SenderLookup(PingClient client, MeshNode node, PeerDirectory directory) {
    this.client = client;
    this.node = node;
    this.steady = node.clock().steady();
    this.peerDirectory = directory;
    this.pingsPerHost = RateLimiter.per(SECOND, MeshLimits.SENDER_PINGS_PER_ADDRESS, steady);
    this.pingsInAll = RateLimiter.per(SECOND, MeshLimits.SENDER_PINGS_PER_SECOND, steady);
  }

  /**
   * Tries to learn a key; the Future never fails.
   *
   * @param name the name that the sender claims
   * @param host the source address of its connection
   * @param port the port where the sender claims to answer pings
   * @return whether the name's key is known now
   */
  Future<Boolean> learn(String name, String host, OptionalInt port) {
    Sender sender = new Sender(name, host);
    Future<Boolean> running = inFlight.get(sender);
    if (running != null) {
      return running;
    }
    if (failedRecently(sender) || !mayPing(host)) {
      return Future.succeededFuture(false);
    }
    Future<Boolean> lookup = pingEach(name, addresses(name, host, port), 0);
    if (!lookup.isComplete()) {
      inFlight.put(sender, lookup);
    }
    return lookup.onSuccess(
        learned -> {
          inFlight.remove(sender);
          if (!learned) {
            failedAt.put(sender, steady.instant());
          }
        });
  }

  private Future<Boolean> pingEach(String name, List<String> addresses, int index) {
    if (index == addresses.size()) {
      return Future.succeededFuture(false);
    }
    return client
        .ping(addresses.get(index), MeshLimits.SENDER_PING_TIMEOUT)
        .map(pong -> learnKey(name, pong, new Witness(hostOf(addresses.get(index)), false)))
        // The address does not respond, or not in this protocol: the sender stays unknown.
        .otherwise(false)
        .compose(
            learned ->
                learned ? Future.succeededFuture(true) : pingEach(name, addresses, index + 1));
  }

  private static String hostOf(String address) {
    return PeerAddress.parse(address).map(PeerAddress::host).orElse("");
  }

  private boolean learnKey(String name, PingResponse pong, Witness witness) {
    if (!pong.from().equals(name)) {
      return false;
    }
    node.keys().learn(name, "", pong.key(), Origin.PING, witness);
    return node.keys().byName(name).isPresent();
  }

  private List<String> addresses(String name, String host, OptionalInt claimedPort) {
    List<Integer> ports = new ArrayList<>();
    peerDirectory
        .addressOf(name)
        .flatMap(PeerAddress::parse)
        .filter(known -> known.host().equals(host))
        .ifPresent(known -> ports.add(known.port()));
    claimedPort.ifPresent(ports::add);
    ports.add(MeshConfig.DEFAULT_PORT);
    return ports.stream()
        .distinct()
        .limit(2)
        .map(port -> new PeerAddress(host, port).toString())
        .toList();
  }

  private boolean failedRecently(Sender sender) {
    Instant at = failedAt.get(sender);
    return at != null && steady.instant().isBefore(at.plus(MeshLimits.SENDER_PING_RETRY_DELAY));
  }

  private boolean mayPing(String host) {
    long ofHost = inFlight.keySet().stream().filter(other -> other.host().equals(host)).count();
    return inFlight.size() < MeshLimits.SENDER_PINGS_IN_FLIGHT
        && ofHost < MeshLimits.SENDER_PINGS_PER_ADDRESS
        && !pingsInAll.isExhausted("")
        && pingsPerHost.tryAcquire(host)
        && pingsInAll.tryAcquire("");
  }
}
