package nara.gossip;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
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
import nara.recovery.report.Report;
import nara.trust.KeySearch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The background sync of the wire contract: every half hour this node asks one or two neighbours
 * for recent events. Then it asks all neighbours for the keys that quarantined events wait for.
 *
 * <p>With a peer that can, it reconciles the whole ledger: no event is missed, and none is sent
 * twice. From any other peer it fetches the pages since the last contact, and the newest events.
 */
final class BackgroundSync {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundSync.class);

  // By the wire contract: every 30 ± 5 minutes, at most 100 events.
  static final Duration INTERVAL = Duration.ofMinutes(30);
  static final Duration JITTER = Duration.ofMinutes(5);
  static final int MAX_EVENTS = 100;

  /** Events of one page since the last contact: about a megabyte. */
  static final int PAGE_SIZE = 2_000;

  /** Pages of one sync with one peer: about 25 MB. The next sync continues there. */
  static final int MAX_PAGES = 25;

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
  private final Consumer<String> answered;
  private final LastContacts contacts = new LastContacts();
  private long peersAsked;
  private long eventsAdded;

  /** {@code answered} gets the name of each neighbour that gave a response. */
  BackgroundSync(
      Bus bus, RandomGenerator random, GossipPeerSelector selector, Consumer<String> answered) {
    this.bus = bus;
    this.random = random;
    this.gossipPeerSelector = selector;
    this.answered = answered;
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

  /** See {@link LastContacts#seconds}. */
  Map<String, Long> syncedSeconds() {
    return contacts.seconds();
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
    Set<String> configured =
        known.stream()
            .filter(each -> each.sources().contains(Neighbour.Source.CONFIGURED))
            .map(Neighbour::name)
            .collect(Collectors.toSet());
    return Future.all(eventPeers.stream().map(peer -> reconcile(peer, configured, now)).toList())
        .compose(merged -> new KeySearch(bus, new PeerKeySource(bus, keyPeers)).search())
        .onSuccess(found -> eventsAdded += found.offerResult().added())
        .mapEmpty();
  }

  /** A recovery is complete: this node holds the events of the neighbours that gave theirs. */
  void onRecovered(Report report, Instant now) {
    if (report.outcome().equals("complete")) {
      long began = Event.unixNanos(now.minusMillis(report.durationMs()));
      report.neighbours().stream()
          .filter(neighbour -> neighbour.requests() > 0 && neighbour.failures() == 0)
          .filter(neighbour -> neighbour.dropReason().isEmpty())
          .forEach(neighbour -> contacts.recordHeldUntil(neighbour.name(), began));
    }
  }

  private Future<Void> reconcile(Peer peer, Set<String> configured, Instant now) {
    peersAsked++;
    return bus.request(
            MeshRequest.ADDRESS,
            new MeshRequest.ReconcileWithPeer(peer, Long.MIN_VALUE, FETCH_TIMEOUT),
            RECONCILE_TIMEOUT)
        .compose(outcome -> onReconciled(peer, outcome, configured, now));
  }

  private Future<Void> onReconciled(
      Peer peer, ReconcileOutcome outcome, Set<String> configured, Instant now) {
    return switch (outcome) {
      case PeerReconciled reconciled -> {
        eventsAdded += reconciled.offerResult().added();
        answered.accept(peer.name());
        if (reconciled.isComplete()) {
          contacts.recordHeldUntil(peer.name(), Event.unixNanos(now));
        } else {
          LOG.debug(
              "Reconciliation ended early. peer={} reason={}",
              peer.name(),
              reconciled.incompleteReason());
        }
        yield Future.succeededFuture();
      }
      case ReconcileFailed failed -> {
        LOG.debug(
            "Cannot reconcile; fetching pages instead. peer={} reason={}",
            peer.name(),
            failed.reason());
        yield fetchPages(
                peer, contacts.fetchFrom(peer.name(), configured, now), 1, Event.unixNanos(now))
            .compose(fetched -> fetchRecent(peer));
      }
    };
  }

  /**
   * Fetches the pages after a cursor.
   *
   * @param number of the page, from 1
   * @param began when this sync began, Unix nanoseconds
   */
  private Future<Void> fetchPages(Peer peer, long cursor, int number, long began) {
    return fetch(peer, new Query.Page(cursor, PAGE_SIZE, Query.Filter.ALL))
        .compose(
            outcome -> {
              onFetched(peer, outcome);
              if (!(outcome instanceof PageFetched page) || !page.fault().isEmpty()) {
                return Future.succeededFuture();
              }
              long reached = page.nextCursor().map(Query.Page::cursorIncluding).orElse(began);
              // A peer without an end to its pages gets no further than MAX_PAGES in one sync.
              if (page.nextCursor().isEmpty() || reached > began) {
                contacts.recordHeldUntil(peer.name(), began);
                return Future.succeededFuture();
              }
              if (reached <= cursor) {
                return Future.succeededFuture();
              }
              contacts.recordHeldUntil(peer.name(), reached);
              return number < MAX_PAGES
                  ? fetchPages(peer, reached, number + 1, began)
                  : Future.succeededFuture();
            });
  }

  private Future<FetchOutcome> fetch(Peer peer, Query query) {
    return bus.request(
        MeshRequest.ADDRESS,
        new MeshRequest.FetchPage(peer, query, FETCH_TIMEOUT),
        FETCH_TIMEOUT.plus(Timeouts.MERGE_ALLOWANCE));
  }

  private Future<Void> fetchRecent(Peer peer) {
    Future<Void> done = Future.succeededFuture();
    for (Query query : RECENT) {
      done = done.compose(before -> fetch(peer, query).map(outcome -> onFetched(peer, outcome)));
    }
    return done;
  }

  private Void onFetched(Peer peer, FetchOutcome outcome) {
    switch (outcome) {
      case PageFetched page -> {
        eventsAdded += page.offerResult().added();
        answered.accept(peer.name());
      }
      case FetchFailed failed ->
          LOG.debug("Cannot fetch events. peer={} reason={}", peer.name(), failed.reason());
    }
    return null;
  }
}
