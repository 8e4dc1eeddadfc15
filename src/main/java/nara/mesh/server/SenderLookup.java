package nara.mesh.server;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import nara.bounds.BoundedMap;
import nara.bounds.RateLimiter;
import nara.identity.Origin;
import nara.identity.Witness;
import nara.mesh.MeshConfig;
import nara.mesh.MeshNode;
import nara.mesh.PingClient;
import nara.mesh.wire.AddressPolicy;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.PeerAddress;
import nara.mesh.wire.PingResponse;

/**
 * Learns a sender's key by pinging its source address, as the wire contract says. The response must
 * carry the name that the sender claims.
 *
 * <p>The port is the directory's for that name, the one that the sender claims, or the network's.
 * When nobody with the name responds there, it pings the directory's address of that name: a nara
 * may call over IPv4 and listen on IPv6. It pings no other address. Lookups are bounded in flight
 * and per second, in all and per address. Those above two of one address take turns. A failed one
 * is not repeated for a while.
 *
 * <p>Lives on one event loop.
 */
final class SenderLookup {
  private final PingClient client;
  private final MeshNode node;
  private final PeerDirectory peerDirectory;
  private final KnownAddresses knownAddresses;

  private final FairBudget turns;
  private final Map<Sender, Future<Boolean>> inFlight = new HashMap<>();
  private final Map<Sender, Long> failedAtNanos = BoundedMap.fifo(MeshLimits.FAILED_LOOKUPS);
  private final RateLimiter pingsPerHost;
  private final RateLimiter pingsInAll;

  private record Sender(String name, String host) {}

  SenderLookup(PingClient client, MeshNode node, PeerDirectory directory, ServerLimits limits) {
    this.client = client;
    this.node = node;
    this.peerDirectory = directory;
    this.knownAddresses = new KnownAddresses(directory);
    this.turns =
        new FairBudget(
            new FairBudget.Capacity(
                Long.MAX_VALUE,
                MeshLimits.SENDER_PINGS_IN_FLIGHT,
                ServerLimits.PER_NAME,
                ServerLimits.PER_NAME),
            limits,
            node.clock()::nanoTime);
    this.pingsPerHost = perSecond(MeshLimits.SENDER_PINGS_PER_ADDRESS);
    this.pingsInAll = perSecond(MeshLimits.SENDER_PINGS_PER_SECOND);
  }

  private RateLimiter perSecond(int pings) {
    return new RateLimiter(pings, Duration.ofSeconds(1), pings, node.clock()::nanoTime);
  }

  /**
   * Tries to learn a key; the Future never fails.
   *
   * @param name the name that the sender claims
   * @param host the source address of its connection
   * @param port the port where the sender claims to respond to pings
   * @return whether the name's key is known now
   */
  Future<Boolean> learn(String name, String host, OptionalInt port) {
    Sender sender = new Sender(name, host);
    Future<Boolean> running = inFlight.get(sender);
    if (running != null) {
      return running;
    }
    if (failedRecently(sender) || !mayPing(sender)) {
      return Future.succeededFuture(false);
    }
    Future<Boolean> lookup = pingInTurn(sender, port);
    if (!lookup.isComplete()) {
      inFlight.put(sender, lookup);
    }
    return lookup.onSuccess(
        learned -> {
          inFlight.remove(sender);
          if (!learned) {
            failedAtNanos.put(sender, node.clock().nanoTime());
          }
        });
  }

  private Future<Boolean> pingInTurn(Sender sender, OptionalInt port) {
    Promise<Boolean> learned = Promise.promise();
    turns.submit(
        new Requester(sender.name(), sender.host()),
        0,
        new FairBudget.Work() {
          @Override
          public void start(FairBudget.Lease lease) {
            pingEach(sender.name(), addresses(sender.name(), sender.host(), port), 0)
                .onComplete(
                    done -> {
                      lease.release();
                      learned.complete(done.succeeded() && done.result());
                    });
          }

          @Override
          public void refuse() {
            learned.complete(false);
          }

          @Override
          public void cut() {
            // A lookup transfers nothing, so it is not cut.
          }
        });
    return learned.future();
  }

  /** Refuses the lookups that waited too long. */
  void sweep() {
    turns.sweep();
  }

  private Future<Boolean> pingEach(String name, List<PeerAddress> addresses, int index) {
    if (index == addresses.size()) {
      return Future.succeededFuture(false);
    }
    return client
        .ping(addresses.get(index).toString(), MeshLimits.SENDER_PING_TIMEOUT)
        .map(pong -> learnKey(name, pong, new Witness(addresses.get(index).host(), false)))
        // The address does not respond, or not in this protocol: the sender stays unknown.
        .otherwise(false)
        .compose(
            learned ->
                learned ? Future.succeededFuture(true) : pingEach(name, addresses, index + 1));
  }

  private boolean learnKey(String name, PingResponse pong, Witness witness) {
    if (!pong.from().equals(name)) {
      return false;
    }
    node.keys().learn(name, "", pong.key(), Origin.PING, witness);
    return node.keys().byName(name).isPresent();
  }

  private List<PeerAddress> addresses(String name, String host, OptionalInt claimedPort) {
    List<Integer> ports = new ArrayList<>();
    peerDirectory
        .addressOf(name)
        .flatMap(PeerAddress::parse)
        .filter(known -> known.host().equals(host))
        .ifPresent(known -> ports.add(known.port()));
    claimedPort.ifPresent(ports::add);
    ports.add(MeshConfig.DEFAULT_PORT);
    Stream<PeerAddress> atSource =
        ports.stream().distinct().limit(2).map(port -> new PeerAddress(host, port));
    Stream<PeerAddress> elsewhere =
        peerDirectory
            .addressOf(name)
            .flatMap(PeerAddress::parse)
            .filter(known -> !known.host().equals(host))
            // No lookup of a name for a stranger.
            .filter(known -> AddressPolicy.literal(known.host()).isPresent())
            .filter(known -> pingsPerHost.tryAcquire(known.host()))
            .stream();
    return Stream.concat(atSource, elsewhere).toList();
  }

  private boolean failedRecently(Sender sender) {
    Long at = failedAtNanos.get(sender);
    return at != null
        && node.clock().nanoTime() - at < MeshLimits.SENDER_PING_RETRY_DELAY.toNanos();
  }

  /** Strangers do not use up the lookups of naras that are where the directory says. */
  private boolean mayPing(Sender sender) {
    long ofHost =
        inFlight.keySet().stream().filter(other -> other.host().equals(sender.host())).count();
    boolean known = knownAddresses.match(sender.name(), sender.host()) == KnownAddresses.Match.SAME;
    String bucket = known ? "known" : "strangers";
    return ofHost < MeshLimits.SENDER_PINGS_PER_ADDRESS
        && !pingsInAll.isExhausted(bucket)
        && pingsPerHost.tryAcquire(sender.host())
        && pingsInAll.tryAcquire(bucket);
  }
}
