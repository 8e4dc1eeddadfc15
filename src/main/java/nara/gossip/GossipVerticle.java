package nara.gossip;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import nara.bounds.LogOnce;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.gossip.GossipRequest.GossipCounts;
import nara.ledger.MemoryMode;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.DeliveryOutcome;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.ZinesExchanged;
import nara.mesh.wire.MeshFailure;
import nara.mqtt.PlazaRequest;
import nara.presence.Presence;
import nara.trust.TrustNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's memory and that of others fresh: zines with a few neighbours every few minutes,
 * now and then all of what one or two of them had lately, and the keys that are still missing.
 *
 * <p>Deployed before those that say goodbye, so that the last zine carries the goodbye.
 */
public final class GossipVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(GossipVerticle.class);

  /** For one exchange of zines or one delivery; the reference's. */
  private static final Duration EXCHANGE_TIMEOUT = Duration.ofSeconds(15);

  /** For the last zine; whoever stops this verticle waits for five seconds. */
  private static final Duration FINAL_EXCHANGE_TIMEOUT = Duration.ofSeconds(2);

  private final String me;
  private final GossipConfig config;
  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final GossipPeerSelector gossipPeerSelector;
  private final PresenceExtractor presenceExtractor;

  private Bus bus;
  private BackgroundSync backgroundSync;
  private List<Neighbour> neighbours = List.of();
  private Scheduler.TimerHandle nextRound = () -> {};
  private Scheduler.TimerHandle nextSync = () -> {};
  private long rounds;
  private long exchanges;
  private long failedExchanges;
  private long eventsAdded;
  private int inFlight;
  private final LogOnce failures = new LogOnce(LOG::warn);

  /**
   * The gossip of one node.
   *
   * @param me its name
   * @param random draws neighbours and waits
   */
  public GossipVerticle(
      String me, GossipConfig config, Scheduler scheduler, RandomGenerator random) {
    this.me = me;
    this.config = config;
    this.scheduler = scheduler;
    this.random = random;
    this.gossipPeerSelector = new GossipPeerSelector(random);
    this.presenceExtractor = new PresenceExtractor(me);
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    backgroundSync = new BackgroundSync(bus, random);
    bus.subscribe(TrustNotification.ADDRESS, TrustNotification.class, this::onTrustNews);
    if (config.disabledReason().isEmpty()) {
      nextRound = scheduler.schedule(vertx, config.interval(), this::onRound);
      if (config.memory() != MemoryMode.SHORT) {
        Duration first = backgroundSync.firstDelay();
        nextSync = scheduler.schedule(vertx, first, this::onBackgroundSync);
      }
    }
    return bus.serve(GossipRequest.ADDRESS, GossipRequest.class, this::onRequest).completion();
  }

  @Override
  public Future<?> stop() {
    nextRound.cancel();
    nextSync.cancel();
    return config.disabledReason().isPresent() || neighbours.isEmpty()
        ? Future.succeededFuture()
        : exchangeZines(selectPeers(), FINAL_EXCHANGE_TIMEOUT)
            .timeout(FINAL_EXCHANGE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            // Whoever it does not reach notices the silence.
            .otherwiseEmpty();
  }

  private Future<? extends BusMessage> onRequest(GossipRequest<?> request) {
    return switch (request) {
      case GossipRequest.SendToNeighbour sendToNeighbour -> onSendToNeighbour(sendToNeighbour);
      case GossipRequest.GetGossipCounts getGossipCounts ->
          Future.succeededFuture(
              new GossipCounts(
                  rounds,
                  exchanges,
                  failedExchanges,
                  backgroundSync.peersAsked(),
                  eventsAdded + backgroundSync.eventsAdded(),
                  inFlight));
    };
  }

  private Future<DeliveryOutcome> onSendToNeighbour(GossipRequest.SendToNeighbour sendToNeighbour) {
    if (config.disabledReason().isPresent()) {
      return Future.succeededFuture(
          new MeshRequest.DeliveryFailed(MeshFailure.UNREACHABLE, config.disabledReason().get()));
    }
    return fetchNeighbours()
        .compose(
            all ->
                addressOf(sendToNeighbour.name(), all)
                    .map(
                        address ->
                            bus.request(
                                MeshRequest.ADDRESS,
                                new MeshRequest.SendEvent(
                                    new Peer(sendToNeighbour.name(), address),
                                    sendToNeighbour.event(),
                                    EXCHANGE_TIMEOUT),
                                EXCHANGE_TIMEOUT.plus(Timeouts.GOSSIP)))
                    .orElseGet(
                        () ->
                            Future.succeededFuture(
                                new MeshRequest.DeliveryFailed(
                                    MeshFailure.UNREACHABLE, "its address is not known"))));
  }

  private static Optional<String> addressOf(String name, List<Neighbour> all) {
    return all.stream()
        .filter(neighbour -> neighbour.name().equals(name))
        .map(Neighbour::address)
        .filter(address -> !address.isEmpty())
        .findFirst();
  }

  private void onTrustNews(TrustNotification news) {
    switch (news) {
      case TrustNotification.AnnouncementsMerged announcementsMerged ->
          presenceExtractor
              .extract(announcementsMerged.events(), scheduler.instant())
              .forEach(presence -> bus.publish(Presence.ADDRESS, presence));
    }
  }

  // Zines.

  private void onRound() {
    nextRound = scheduler.schedule(vertx, config.interval(), this::onRound);
    rounds++;
    track(
        fetchNeighbours()
            .compose(all -> all.isEmpty() ? discoverNeighbours() : Future.succeededFuture(all))
            .compose(all -> exchangeZines(selectPeers(), EXCHANGE_TIMEOUT)));
  }

  private List<Peer> selectPeers() {
    int count = config.memory() == MemoryMode.SHORT ? 1 + random.nextInt(2) : 3 + random.nextInt(3);
    return gossipPeerSelector.select(neighbours, count, name -> true, scheduler.instant());
  }

  private Future<Void> exchangeZines(List<Peer> peers, Duration timeout) {
    if (peers.isEmpty()) {
      return Future.succeededFuture();
    }
    List<Neighbour> candidates = neighbours;
    return bus.request(
            MeshRequest.ADDRESS,
            new MeshRequest.ExchangeZines(peers, config.zineSpan(), timeout),
            timeout.plus(Timeouts.MERGE_ALLOWANCE))
        .map(
            result -> {
              onZinesExchanged(peers, candidates, result);
              return null;
            });
  }

  private void onZinesExchanged(
      List<Peer> peers, List<Neighbour> candidates, ZinesExchanged result) {
    exchanges += result.merged().size();
    failedExchanges += result.failures().size();
    result.merged().values().forEach(offerResult -> eventsAdded += offerResult.added());
    result
        .failures()
        .forEach(
            (name, reason) -> {
              gossipPeerSelector.recordFailure(name, scheduler.instant());
              LOG.debug("no zine with {}: {}", name, reason);
            });
    for (Peer peer : peers) {
      if (result.merged().containsKey(peer.name())) {
        gossipPeerSelector.recordSuccess(peer.name());
        reportOnline(peer, candidates);
      }
    }
  }

  /**
   * Its answer was signed and came from there: it is, whatever was thought of it when it was drawn.
   * Who was there then may have said goodbye since, and is not brought back by an older answer.
   */
  private void reportOnline(Peer peer, List<Neighbour> candidates) {
    candidates.stream()
        .filter(neighbour -> neighbour.name().equals(peer.name()) && !neighbour.online())
        .forEach(
            neighbour ->
                bus.publish(
                    Presence.ADDRESS,
                    new Presence.Online(
                        peer.name(), neighbour.id(), peer.address(), neighbour.key(), true)));
  }

  // Catching up.

  private void onBackgroundSync() {
    nextSync = scheduler.schedule(vertx, backgroundSync.nextDelay(), this::onBackgroundSync);
    track(
        fetchNeighbours()
            .compose(
                all ->
                    lowMemoryNames()
                        .map(
                            lowMemory ->
                                backgroundSync.selectPeers(
                                    gossipPeerSelector, all, lowMemory, scheduler)))
            .compose(syncPeers -> backgroundSync.syncWith(syncPeers, scheduler.instant())));
  }

  /** Who has told that it remembers little; nobody when there is no plaza to tell it on. */
  private Future<Set<String>> lowMemoryNames() {
    return bus.request(
            PlazaRequest.ADDRESS, new PlazaRequest.GetShortMemoryPeers(), Timeouts.GOSSIP)
        .map(PlazaRequest.ShortMemoryPeers::names);
  }

  private Future<List<Neighbour>> fetchNeighbours() {
    return bus.request(
            DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours(), Timeouts.GOSSIP)
        .map(this::updateNeighbours);
  }

  /** Nobody is known, so the sources of discovery are asked again. */
  private Future<List<Neighbour>> discoverNeighbours() {
    return bus.request(
            DiscoveryRequest.ADDRESS, new DiscoveryRequest.RunDiscovery(), Timeouts.DISCOVERY)
        .map(this::updateNeighbours);
  }

  private List<Neighbour> updateNeighbours(DiscoveryRequest.NeighbourList found) {
    neighbours = found.neighbours();
    return neighbours;
  }

  private void track(Future<?> work) {
    inFlight++;
    work.onFailure(this::logFailure).onComplete(ended -> inFlight--);
  }

  private void logFailure(Throwable failure) {
    failures.log("Gossip of " + me + " failed: " + failure.getMessage());
  }
}
