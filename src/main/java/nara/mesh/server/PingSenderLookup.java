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
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.mesh.MeshConfig;
import nara.mesh.client.MeshClient;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.PeerAddress;
import nara.mesh.wire.PingResponse;

/**
 * Learns a sender's key by pinging the address that it comes from, as the wire contract says: what
 * answers there must call itself by the name that was claimed.
 *
 * <p>Only that address is ever pinged, at the port where the directory has the name, where the
 * sender says, or at the network's port. Strangers cannot make this node ping much: look-ups at
 * once and in a second are bounded, in all and for each address, and one that failed is not
 * repeated for a while.
 *
 * <p>Lives on one event loop.
 */
final class PingSenderLookup implements SenderLookup {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final MeshClient client;
  private final Keyring keys;
  private final PeerDirectory peerDirectory;
  private final InstantSource clock;

  private final Map<Sender, Future<Boolean>> inFlight = new HashMap<>();
  private final Map<Sender, Instant> failedAt =
      BoundedMap.fifo(MeshLimits.SENDER_PINGS_IN_FLIGHT * 32);
  private final RateLimiter pingsPerHost;
  private final RateLimiter pingsInAll;

  private record Sender(String name, String host) {}

  PingSenderLookup(
      MeshClient client, Keyring keys, PeerDirectory peerDirectory, InstantSource clock) {
    this.client = client;
    this.keys = keys;
    this.peerDirectory = peerDirectory;
    this.clock = clock;
    this.pingsPerHost = RateLimiter.per(SECOND, MeshLimits.SENDER_PINGS_PER_ADDRESS, clock);
    this.pingsInAll = RateLimiter.per(SECOND, MeshLimits.SENDER_PINGS_PER_SECOND, clock);
  }

  @Override
  public Future<Boolean> learn(String name, String host, OptionalInt port) {
    Sender sender = new Sender(name, host);
    Future<Boolean> already = inFlight.get(sender);
    if (already != null) {
      return already;
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
            failedAt.put(sender, clock.instant());
          }
        });
  }

  private Future<Boolean> pingEach(String name, List<String> addresses, int index) {
    if (index == addresses.size()) {
      return Future.succeededFuture(false);
    }
    return client
        .ping(addresses.get(index), MeshLimits.SENDER_PING_TIMEOUT)
        .map(pong -> learnKey(name, pong.value()))
        // Nobody there, or nobody who speaks this protocol: the sender stays a stranger.
        .otherwise(false)
        .compose(
            learned ->
                learned ? Future.succeededFuture(true) : pingEach(name, addresses, index + 1));
  }

  private boolean learnKey(String name, PingResponse pong) {
    if (!pong.from().equals(name)) {
      return false;
    }
    keys.learn(name, "", pong.key(), Origin.PING);
    return keys.byName(name).isPresent();
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
    return at != null && clock.instant().isBefore(at.plus(MeshLimits.SENDER_PING_RETRY_DELAY));
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
