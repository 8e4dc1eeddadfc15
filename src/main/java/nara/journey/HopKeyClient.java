package nara.journey;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import nara.bounds.BoundedMap;
import nara.bounds.RateLimiter;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FindPeerKey;
import nara.mesh.client.MeshRequest.Peer;

/**
 * Looks up the keys of naras that signed a journey and that this node does not know, at several
 * neighbours at once. Lookups are bounded in number, time and for each asker, and failed ones are
 * not repeated for a while: anybody can invent names.
 *
 * <p>Lives on one event loop.
 */
final class HopKeyClient {
  private final Bus bus;
  private final Scheduler scheduler;
  private final Map<String, Future<?>> inFlight = new HashMap<>();
  private final RateLimiter askerLimit;
  private final Map<String, Long> failedAtNanos = BoundedMap.fifo(JourneyLimits.FAILED_LOOKUPS);

  HopKeyClient(Bus bus, Scheduler scheduler) {
    this.bus = bus;
    this.scheduler = scheduler;
    this.askerLimit =
        RateLimiter.per(
            Duration.ofMinutes(1), JourneyLimits.LOOKUPS_PER_MINUTE, scheduler.steady());
  }

  /**
   * Completes when the keys of these names are learned, or are not found. It never fails.
   *
   * @param asker whose share of the lookups it costs
   */
  Future<?> lookUp(Set<String> names, String asker) {
    if (names.size() > JourneyLimits.LOOKUPS_PER_JOURNEY) {
      return Future.succeededFuture();
    }
    return Future.join(names.stream().map(name -> lookUp(name, asker)).toList()).otherwiseEmpty();
  }

  private Future<?> lookUp(String name, String asker) {
    Future<?> running = inFlight.get(name);
    if (running != null) {
      return running;
    }
    if (failedRecently(name)
        || inFlight.size() >= JourneyLimits.LOOKUPS_IN_FLIGHT
        || !askerLimit.tryAcquire(asker)) {
      return Future.succeededFuture();
    }
    Future<?> lookup =
        neighbours(bus)
            .compose(neighbours -> ask(name, neighbours))
            .timeout(JourneyLimits.LOOKUP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    inFlight.put(name, lookup);
    return lookup
        .onComplete(done -> inFlight.remove(name))
        .onFailure(failure -> failedAtNanos.put(name, scheduler.nanoTime()));
  }

  private Future<?> ask(String name, List<Neighbour> neighbours) {
    List<Peer> peers =
        neighbours.stream()
            .filter(neighbour -> neighbour.online() && !neighbour.address().isEmpty())
            .map(HopKeyClient::peer)
            .sorted(Comparator.comparing(peer -> !peer.configured()))
            .limit(JourneyLimits.PEERS_PER_LOOKUP)
            .toList();
    FindPeerKey query = new FindPeerKey(name, peers, true, JourneyLimits.LOOKUP_TIMEOUT);
    return bus.request(MeshRequest.ADDRESS, query, Timeouts.LOCAL)
        .compose(
            result ->
                result.key().isPresent()
                    ? Future.succeededFuture()
                    : Future.failedFuture("no neighbour knows the key"));
  }

  private boolean failedRecently(String name) {
    Long at = failedAtNanos.get(name);
    return at != null && scheduler.nanoTime() - at < JourneyLimits.LOOKUP_RETRY_DELAY.toNanos();
  }

  /** All neighbours that the discovery knows now. */
  static Future<List<Neighbour>> neighbours(Bus bus) {
    return bus.request(
            DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours(), Timeouts.STATUS)
        .map(DiscoveryRequest.NeighbourList::neighbours);
  }

  /** A neighbour as the mesh addresses it. */
  static Peer peer(Neighbour neighbour) {
    return new Peer(
        neighbour.name(),
        neighbour.address(),
        neighbour.sources().contains(Neighbour.Source.CONFIGURED));
  }
}
