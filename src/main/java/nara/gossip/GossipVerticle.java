package nara.gossip;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import nara.bounds.BoundedMap;
import nara.bounds.LogOnce;
import nara.bus.Bus;
import nara.bus.BusFailure;
import nara.bus.BusMessage;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.Neighbour;
import nara.gossip.GossipRequest.GossipCounts;
import nara.ledger.MemoryMode;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.DeliveryOutcome;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.ZinesExchanged;
import nara.mesh.wire.MeshFailure;
import nara.presence.Presence;
import nara.recovery.RecoveryNotification;
import nara.recovery.report.Report;
import nara.trust.TrustNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gossip: zines with a few peers every few minutes, and the background sync.
 *
 * <p>The node deploys it before the verticles that say goodbye. It therefore stops after them, and
 * its last zine carries the goodbye.
 */
public final class GossipVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(GossipVerticle.class);

  /** For one exchange of zines or one delivery; the reference's value. */
  private static final Duration EXCHANGE_TIMEOUT = Duration.ofSeconds(15);

  /** For the last zine: the node gives each verticle five seconds to stop. */
  private static final Duration FINAL_EXCHANGE_TIMEOUT = Duration.ofSeconds(2);

  /** Anybody can invent names. */
  private static final int MAX_SHORT_MEMORY_NAMES = 2_000;

  private final String me;
  private final GossipConfig config;
  private final Scheduler scheduler;
  private final Map<String, Long> answered = BoundedMap.lru(LastContacts.MAX_NEIGHBOURS);

  /** Requests of the current recovery that each neighbour has answered. */
  private final Map<String, Integer> recoveryAnswers = BoundedMap.lru(LastContacts.MAX_NEIGHBOURS);

  private int answersOfRecovery;
  private final InstantSource steady;
  private final RandomGenerator random;
  private final GossipPeerSelector selector;
  private final PresenceExtractor extractor;
  private final Set<String> shortMemoryNames =
      Collections.newSetFromMap(BoundedMap.fifo(MAX_SHORT_MEMORY_NAMES));
  private final LogOnce failures = new LogOnce(LOG::warn);

  private Bus bus;
  private BackgroundSync sync;
  private Map<String, Neighbour> neighbours = Map.of();
  private Scheduler.TimerHandle nextRound = () -> {};
  private Scheduler.TimerHandle nextSync = () -> {};
  private long rounds;
  private long exchanges;
  private long failedExchanges;
  private long eventsAdded;
  private int inFlight;

  /** The gossip of the node with the name {@code me}. */
  public GossipVerticle(
      String me, GossipConfig config, Scheduler scheduler, RandomGenerator random) {
    this.me = me;
    this.config = config;
    this.scheduler = scheduler;
    this.steady = scheduler.steady();
    this.random = random;
    this.selector = new GossipPeerSelector(random);
    this.extractor = new PresenceExtractor(me);
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    sync = new BackgroundSync(bus, random, selector, this::recordAnswer);
    bus.subscribe(TrustNotification.ADDRESS, TrustNotification.class, this::onTrustNotification);
    bus.subscribe(Presence.ADDRESS, Presence.class, this::onPresence);
    bus.subscribe(
        RecoveryNotification.ADDRESS, RecoveryNotification.class, this::onRecoveryNotification);
    if (config.disabledReason().isEmpty()) {
      nextRound = scheduler.schedule(vertx, config.interval(), this::onRound);
      if (config.memory() != MemoryMode.SHORT) {
        nextSync = scheduler.schedule(vertx, sync.firstDelay(), this::onBackgroundSync);
      }
    }
    return bus.serve(GossipRequest.ADDRESS, GossipRequest.class, this::onRequest).completion();
  }

  @Override
  public Future<?> stop() {
    nextRound.cancel();
    nextSync.cancel();
    return config.disabledReason().isPresent()
        ? Future.succeededFuture()
        // A node may stop before its first round, and then knows its neighbours only now.
        : fetchNeighbours()
            .transform(listed -> exchangeZines(selectLastPeers(), FINAL_EXCHANGE_TIMEOUT))
            .timeout(FINAL_EXCHANGE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            // A peer that it does not reach will notice the silence.
            .otherwiseEmpty()
            .onSuccess(ended -> logUnheardGoodbye());
  }

  private void logUnheardGoodbye() {
    if (!config.hasBroker() && neighbours.values().stream().noneMatch(Neighbour::online)) {
      LOG.info("Nobody hears the goodbye: there is no broker, and no neighbour is online");
    }
  }

  private Future<? extends BusMessage> onRequest(GossipRequest<?> request) {
    return switch (request) {
      case GossipRequest.SendToNeighbour send -> onSendToNeighbour(send);
      case GossipRequest.GetContactTimes get ->
          Future.succeededFuture(
              new GossipRequest.ContactTimes(Map.copyOf(answered), sync.syncedSeconds()));
      case GossipRequest.GetGossipCounts get -> Future.succeededFuture(counts());
    };
  }

  private GossipCounts counts() {
    long added = eventsAdded + sync.eventsAdded();
    return new GossipCounts(rounds, exchanges, failedExchanges, sync.peersAsked(), added, inFlight);
  }

  private Future<DeliveryOutcome> onSendToNeighbour(GossipRequest.SendToNeighbour send) {
    if (config.disabledReason().isPresent()) {
      return unreachable(config.disabledReason().get());
    }
    return fetchNeighbours()
        .compose(
            found -> {
              Neighbour target = found.get(send.name());
              if (target == null || target.address().isEmpty()) {
                return unreachable("the address of " + send.name() + " is not known");
              }
              return bus.request(
                  MeshRequest.ADDRESS,
                  new MeshRequest.SendEvent(
                      new Peer(send.name(), target.address()), send.event(), EXCHANGE_TIMEOUT),
                  EXCHANGE_TIMEOUT.plus(Timeouts.GOSSIP));
            });
  }

  private static Future<DeliveryOutcome> unreachable(String reason) {
    return Future.succeededFuture(new MeshRequest.DeliveryFailed(MeshFailure.UNREACHABLE, reason));
  }

  private void onTrustNotification(TrustNotification notification) {
    if (notification instanceof TrustNotification.AnnouncementsMerged merged) {
      extractor
          .extract(merged.events(), merged.imported(), scheduler.instant())
          .forEach(presence -> bus.publish(Presence.ADDRESS, presence));
    }
  }

  private void onRecoveryNotification(RecoveryNotification notification) {
    switch (notification) {
      case RecoveryNotification.RecoveryProgressed progressed -> recordAnswers(progressed.report());
      case RecoveryNotification.RecoveryFinished finished -> {
        recordAnswers(finished.report());
        sync.onRecovered(finished.report(), scheduler.instant());
      }
    }
  }

  /** The neighbours with more answered requests than in the report before have answered now. */
  private void recordAnswers(Report report) {
    if (report.recovery() != answersOfRecovery) {
      answersOfRecovery = report.recovery();
      recoveryAnswers.clear();
    }
    for (Report.NeighbourTotals neighbour : report.neighbours()) {
      int answers = neighbour.requests() - neighbour.failures();
      if (answers > recoveryAnswers.getOrDefault(neighbour.name(), 0)) {
        recoveryAnswers.put(neighbour.name(), answers);
        recordAnswer(neighbour.name());
      }
    }
  }

  private void recordAnswer(String name) {
    answered.put(name, scheduler.instant().getEpochSecond());
  }

  private void onPresence(Presence presence) {
    if (presence instanceof Presence.Active active) {
      if (active.shortMemory()) {
        shortMemoryNames.add(active.name());
      } else {
        shortMemoryNames.remove(active.name());
      }
    }
  }

  // Zines.

  private void onRound() {
    nextRound = scheduler.schedule(vertx, config.interval(), this::onRound);
    rounds++;
    track(
        fetchNeighbours()
            .compose(found -> found.isEmpty() ? discoverNeighbours() : Future.succeededFuture())
            .compose(found -> exchangeZines(selectPeers(), EXCHANGE_TIMEOUT)));
  }

  private List<Peer> selectPeers() {
    return selectPeers(Set.of());
  }

  /** Prefers online neighbours that have answered: the stop would wait in vain for silent ones. */
  private List<Peer> selectLastPeers() {
    Set<String> others =
        neighbours.values().stream()
            .filter(each -> !each.online() || !answered.containsKey(each.name()))
            .map(Neighbour::name)
            .collect(Collectors.toSet());
    List<Peer> answering = selectPeers(others);
    return answering.isEmpty() ? selectPeers() : answering;
  }

  private List<Peer> selectPeers(Set<String> excluded) {
    return selector.select(
        neighbours.values(), config.drawPeerCount(random), excluded, steady.instant());
  }

  private Future<Void> exchangeZines(List<Peer> peers, Duration timeout) {
    if (peers.isEmpty()) {
      return Future.succeededFuture();
    }
    Map<String, Neighbour> knownAtRequest = neighbours;
    return bus.request(
            MeshRequest.ADDRESS,
            new MeshRequest.ExchangeZines(peers, config.zineSpan(), timeout),
            timeout.plus(Timeouts.MERGE_ALLOWANCE))
        .onSuccess(result -> onZinesExchanged(peers, knownAtRequest, result))
        .mapEmpty();
  }

  private void onZinesExchanged(
      List<Peer> peers, Map<String, Neighbour> knownAtRequest, ZinesExchanged result) {
    exchanges += result.merged().size();
    failedExchanges += result.failures().size();
    result.merged().values().forEach(offerResult -> eventsAdded += offerResult.added());
    result
        .failures()
        .forEach(
            (name, reason) -> {
              selector.recordFailure(name, steady.instant());
              LOG.debug("A zine was not exchanged. peer={} reason={}", name, reason);
            });
    for (Peer peer : peers) {
      if (result.merged().containsKey(peer.name())) {
        selector.recordSuccess(peer.name());
        recordAnswer(peer.name());
        publishOnline(peer, knownAtRequest.get(peer.name()));
      }
    }
  }

  /**
   * A signed answer proves that a peer is online that was offline at the request. The answer of a
   * peer that has just said goodbye proves nothing.
   */
  private void publishOnline(Peer peer, Neighbour atRequest) {
    if (atRequest != null
        && !atRequest.online()
        && !extractor.mayBeStopping(peer.name(), scheduler.instant())) {
      bus.publish(
          Presence.ADDRESS,
          new Presence.Online(peer.name(), atRequest.id(), peer.address(), atRequest.key(), true));
    }
  }

  // Background sync.

  private void onBackgroundSync() {
    nextSync = scheduler.schedule(vertx, sync.nextDelay(), this::onBackgroundSync);
    track(
        fetchNeighbours()
            .compose(
                found ->
                    sync.sync(
                        found.values(), shortMemoryNames, scheduler.instant(), steady.instant())));
  }

  private Future<Map<String, Neighbour>> fetchNeighbours() {
    return requestNeighbours(new DiscoveryRequest.ListNeighbours(), Timeouts.GOSSIP);
  }

  private Future<Map<String, Neighbour>> discoverNeighbours() {
    return requestNeighbours(new DiscoveryRequest.RunDiscovery(), Timeouts.DISCOVERY);
  }

  private Future<Map<String, Neighbour>> requestNeighbours(
      DiscoveryRequest<NeighbourList> request, Duration timeout) {
    return bus.request(DiscoveryRequest.ADDRESS, request, timeout)
        .map(found -> neighbours = found.byName());
  }

  private void track(Future<?> work) {
    inFlight++;
    work.onFailure(this::logFailure).onComplete(ended -> inFlight--);
  }

  private void logFailure(Throwable failure) {
    if (!BusFailure.isOfStop(failure)) {
      failures.log("Gossip failed. node=%s reason=%s".formatted(me, failure.getMessage()));
    }
  }
}
