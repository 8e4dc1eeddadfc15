package nara.gossip;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.discovery.Neighbour;
import nara.event.Event;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FetchFailed;
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
 * The background sync of the wire contract: every half hour this node asks one or two neighbours
 * for recent events. Then it asks all neighbours for the keys that quarantined events wait for.
 *
 * <p>With a peer that can, it reconciles: no event of a day is missed, and none is sent twice. From
 * any other peer it fetches the newest events.
 */
final class BackgroundSync {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundSync.class);

  // By the wire contract: every 30 ± 5 minutes, at most 100 events.
  static final Duration INTERVAL = Duration.ofMinutes(30);
  static final Duration JITTER = Duration.ofMinutes(5);
  static final int MAX_EVENTS = 100;

  /** The reference's background sync wants the observations of one day. */
  static final Duration RECONCILE_WINDOW = Duration.ofHours(24);

  private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(15);

  /** A reconciliation may wait for the one before it, and merges events before it replies. */
  private static final Duration RECONCILE_TIMEOUT =
      MeshLimits.RECONCILE_EXCLUSIVE_TIME
          .plus(MeshLimits.RECONCILE_TIMEOUT)
          .plus(Timeouts.MERGE_ALLOWANCE);

  /**
   * The newest events, and the newest checkpoints apart, so that other events cannot crowd them
   * out. The reference merges only events of one day. This node also takes older ones, because it
   * verifies them like all others and its ledger has its own limits.
   */
  private static final List<Query> RECENT =
      List.of(recent("observation", "social", "ping"), recent("checkpoint"));

  private final Bus bus;
  private final RandomGenerator random;
  private final GossipPeerSelector gossipPeerSelector;
  private long peersAsked;
  private long eventsAdded;

  BackgroundSync(Bus bus, RandomGenerator random, GossipPeerSelector selector) {
    this.bus = bus;
    this.random = random;
    this.gossipPeerSelector = selector;
  }

  private static Query recent(String... services) {
    return new Query.Recent(MAX_EVENTS, new Query.Filter(Set.of(services), Set.of()));
  }

  /** Before the first sync: up to one jitter longer, so that nodes do not start together. */
  Duration firstDelay() {
    return nextDelay().plusSeconds(random.nextLong(JITTER.toSeconds()));
  }

  Duration nextDelay() {
    return INTERVAL.minus(JITTER).plusSeconds(random.nextLong(2 * JITTER.toSeconds() + 1));
  }

  long peersAsked() {
    return peersAsked;
  }

  long eventsAdded() {
    return eventsAdded;
  }

  /**
   * One sync. The Future completes when all events are merged.
   *
   * @param shortMemoryNames neighbours with a short memory; they are not asked for events
   * @param steadyNow now by the clock of the selector's rests
   */
  Future<Void> sync(
      Collection<Neighbour> known, Set<String> shortMemoryNames, Instant now, Instant steadyNow) {
    List<Peer> keyPeers = gossipPeerSelector.select(known, known.size(), Set.of(), steadyNow);
    List<Neighbour> online = known.stream().filter(Neighbour::online).toList();
    List<Peer> eventPeers =
        gossipPeerSelector.select(online, 1 + random.nextInt(2), shortMemoryNames, steadyNow);
    return Future.all(eventPeers.stream().map(peer -> reconcile(peer, now)).toList())
        .compose(merged -> new KeySearch(bus, new PeerKeySource(bus, keyPeers)).search())
        .onSuccess(found -> eventsAdded += found.offerResult().added())
        .mapEmpty();
  }

  private Future<Void> reconcile(Peer peer, Instant now) {
    peersAsked++;
    long since = Event.unixNanos(now.minus(RECONCILE_WINDOW));
    return bus.request(
            MeshRequest.ADDRESS,
            new MeshRequest.ReconcileWithPeer(peer, since, FETCH_TIMEOUT),
            RECONCILE_TIMEOUT)
        .compose(outcome -> onReconciled(peer, outcome));
  }

  private Future<Void> onReconciled(Peer peer, ReconcileOutcome outcome) {
    return switch (outcome) {
      case PeerReconciled reconciled -> {
        eventsAdded += reconciled.offerResult().added();
        if (!reconciled.isComplete()) {
          LOG.debug(
              "Reconciliation ended early. peer={} reason={}",
              peer.name(),
              reconciled.incompleteReason());
        }
        yield Future.succeededFuture();
      }
      case ReconcileFailed failed -> {
        LOG.debug(
            "Cannot reconcile; fetching recent events instead. peer={} reason={}",
            peer.name(),
            failed.reason());
        yield fetchRecent(peer);
      }
    };
  }

  private Future<Void> fetchRecent(Peer peer) {
    Future<Void> done = Future.succeededFuture();
    for (Query query : RECENT) {
      done =
          done.compose(
              before ->
                  bus.request(
                          MeshRequest.ADDRESS,
                          new MeshRequest.FetchPage(peer, query, FETCH_TIMEOUT),
                          FETCH_TIMEOUT.plus(Timeouts.MERGE_ALLOWANCE))
                      .map(outcome -> onFetched(peer, outcome)));
    }
    return done;
  }

  private Void onFetched(Peer peer, FetchOutcome outcome) {
    switch (outcome) {
      case PageFetched page -> eventsAdded += page.offerResult().added();
      case FetchFailed failed ->
          LOG.debug("Cannot fetch recent events. peer={} reason={}", peer.name(), failed.reason());
    }
    return null;
  }
}
