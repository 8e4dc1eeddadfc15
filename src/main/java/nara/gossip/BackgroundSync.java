package nara.gossip;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.discovery.Neighbour;
import nara.event.Event;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.PeerReconciled;
import nara.mesh.client.MeshRequest.ReconcileFailed;
import nara.mesh.client.MeshRequest.ReconcileOutcome;
import nara.mesh.client.PeerKeySource;
import nara.mesh.wire.MeshLimits;
import nara.trust.KeySearch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The background sync of the wire contract: every half hour one or two neighbours are asked for
 * what they had lately, and then all of them for the keys that some events still wait for.
 *
 * <p>Who can reconcile is compared with, so that nothing of a day is missed and nothing is sent
 * twice; the mesh remembers who cannot. {@link #fallbackRequests} is the one place that says what
 * the others are asked for.
 */
final class BackgroundSync {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundSync.class);

  /** The wire contract's: every 30 minutes, five more or less. */
  static final Duration INTERVAL = Duration.ofMinutes(30);

  static final Duration JITTER = Duration.ofMinutes(5);

  /** The wire contract's: a light question. */
  static final int MAX_EVENTS = 100;

  /**
   * How far back a comparison goes: the day in which the reference wants news of its neighbours.
   */
  static final Duration RECONCILE_WINDOW = Duration.ofHours(24);

  /** For one exchange of a comparison or of events. */
  private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(15);

  /** A comparison may wait for the one before it, and then merges what it brought. */
  private static final Duration RECONCILE_TIMEOUT =
      MeshLimits.RECONCILE_EXCLUSIVE_TIME
          .plus(MeshLimits.RECONCILE_TIMEOUT)
          .plus(Timeouts.MERGE_ALLOWANCE);

  /**
   * What changes all the time. The reference merges only what is younger than a day; here older
   * ones are taken too, because they are judged like all others and the ledger has limits of its
   * own.
   */
  private static final Query RECENT_EVENTS =
      new Query.Recent(
          MAX_EVENTS, new Query.Filter(Set.of("observation", "social", "ping"), Set.of()));

  /** What must never be missed; asked for alone, so that no news crowd them out. */
  private static final Query RECENT_CHECKPOINTS =
      new Query.Recent(MAX_EVENTS, new Query.Filter(Set.of("checkpoint"), Set.of()));

  private final Bus bus;
  private final RandomGenerator random;
  private long peersAsked;
  private long eventsAdded;

  BackgroundSync(Bus bus, RandomGenerator random) {
    this.bus = bus;
    this.random = random;
  }

  /** Before the first time: some minutes more at random, so that not all begin together. */
  Duration firstDelay() {
    return nextDelay().plusSeconds(random.nextLong(JITTER.toSeconds()));
  }

  /** Until the next time. */
  Duration nextDelay() {
    return INTERVAL.minus(JITTER).plusSeconds(random.nextLong(2 * JITTER.toSeconds() + 1));
  }

  /** How many neighbours were asked so far. */
  long peersAsked() {
    return peersAsked;
  }

  /** How many events were new. */
  long eventsAdded() {
    return eventsAdded;
  }

  /**
   * Whom to ask.
   *
   * @param lowMemoryNames who remembers little itself
   */
  SyncPeers selectPeers(
      GossipPeerSelector gossipPeerSelector,
      List<Neighbour> known,
      Set<String> lowMemoryNames,
      Scheduler scheduler) {
    List<Peer> keyPeers =
        gossipPeerSelector.select(known, known.size(), name -> true, scheduler.instant());
    List<Neighbour> online = known.stream().filter(Neighbour::online).toList();
    List<Peer> eventPeers =
        gossipPeerSelector.select(
            online,
            1 + random.nextInt(2),
            name -> !lowMemoryNames.contains(name),
            scheduler.instant());
    return new SyncPeers(eventPeers, keyPeers);
  }

  /** Whom to ask for events, and whom for keys. */
  record SyncPeers(List<Peer> eventPeers, List<Peer> keyPeers) {}

  /** Asks them; done when all that they gave is merged. */
  Future<Void> syncWith(SyncPeers syncPeers, Instant now) {
    return Future.all(
            syncPeers.eventPeers().stream().map(peer -> reconcileWith(peer, now)).toList())
        .compose(
            merged -> new KeySearch(bus, new PeerKeySource(bus, syncPeers.keyPeers())).search())
        .map(
            keySearchResult -> {
              eventsAdded += keySearchResult.offerResult().added();
              return null;
            });
  }

  private Future<Void> reconcileWith(Peer peer, Instant now) {
    peersAsked++;
    long since = Event.unixNanos(now.minus(RECONCILE_WINDOW));
    return bus.request(
            MeshRequest.ADDRESS,
            new MeshRequest.ReconcileWithPeer(peer, since, FETCH_TIMEOUT),
            RECONCILE_TIMEOUT)
        .compose(outcome -> onReconcileOutcome(peer, outcome));
  }

  private Future<Void> onReconcileOutcome(Peer peer, ReconcileOutcome outcome) {
    return switch (outcome) {
      case PeerReconciled peerReconciled -> {
        eventsAdded += peerReconciled.offerResult().added();
        if (!peerReconciled.isComplete()) {
          LOG.debug(
              "{} was not compared to the end: {}", peer.name(), peerReconciled.incompleteReason());
        }
        yield Future.succeededFuture();
      }
      case ReconcileFailed notReconciled -> {
        LOG.debug("{} was not compared with: {}", peer.name(), notReconciled.reason());
        yield fetchRecent(peer);
      }
    };
  }

  private Future<Void> fetchRecent(Peer peer) {
    Future<Void> done = Future.succeededFuture();
    for (MeshRequest<FetchOutcome> request : fallbackRequests(peer)) {
      done =
          done.compose(
              before ->
                  bus.request(
                          MeshRequest.ADDRESS,
                          request,
                          FETCH_TIMEOUT.plus(Timeouts.MERGE_ALLOWANCE))
                      .map(outcome -> onFetchOutcome(peer, outcome)));
    }
    return done;
  }

  /** What a neighbour is asked for that cannot reconcile. */
  private static List<MeshRequest<FetchOutcome>> fallbackRequests(Peer peer) {
    return List.of(
        new MeshRequest.FetchPage(peer, RECENT_EVENTS, FETCH_TIMEOUT),
        new MeshRequest.FetchPage(peer, RECENT_CHECKPOINTS, FETCH_TIMEOUT));
  }

  private Void onFetchOutcome(Peer peer, FetchOutcome outcome) {
    switch (outcome) {
      case PageFetched pageFetched -> eventsAdded += pageFetched.offerResult().added();
      case MeshRequest.FetchFailed failed ->
          LOG.debug("{} did not help to catch up: {}", peer.name(), failed.reason());
    }
    return null;
  }
}
