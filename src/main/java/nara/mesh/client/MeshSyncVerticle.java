package nara.mesh.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Timeouts;
import nara.event.json.JsonSpans.Span;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.ledger.Query;
import nara.mesh.ListenPort;
import nara.mesh.MeshConfig;
import nara.mesh.ZineBuilder;
import nara.mesh.client.MeshClient.KeyQueryResult;
import nara.mesh.client.MeshClient.VerifiedResponse;
import nara.mesh.client.MeshRequest.DeliveryFailed;
import nara.mesh.client.MeshRequest.DeliveryOutcome;
import nara.mesh.client.MeshRequest.EventDelivered;
import nara.mesh.client.MeshRequest.ExchangeZines;
import nara.mesh.client.MeshRequest.FetchCheckpointPage;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.FetchPage;
import nara.mesh.client.MeshRequest.FindPeerKey;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.PeerKeyResult;
import nara.mesh.client.MeshRequest.PingFailed;
import nara.mesh.client.MeshRequest.PingOutcome;
import nara.mesh.client.MeshRequest.PingPeer;
import nara.mesh.client.MeshRequest.Pong;
import nara.mesh.client.MeshRequest.ReconcileOutcome;
import nara.mesh.client.MeshRequest.ReconcileWithPeer;
import nara.mesh.client.MeshRequest.SendEvent;
import nara.mesh.client.MeshRequest.ZinesExchanged;
import nara.mesh.wire.CheckpointList;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.SyncRequest;
import nara.mesh.wire.SyncResponse;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.OfferResult;
import nara.trust.verifier.SignatureVerifier;

/**
 * Asks peers, for whoever asks it over the bus: events, checkpoints, who is there, who knows a key.
 *
 * <p>What a peer answered is verified as its answer here, and then offered to trust, which judges
 * its events; the asker hears of it when they are merged. When it is undeployed, every wait ends at
 * once with {@link MeshFailure#STOPPING}.
 */
public final class MeshSyncVerticle extends VerticleBase {
  private final Identity me;
  private final Keyring keys;
  private final MeshConfig config;
  private final SignatureVerifier signatureVerifier;
  private final InstantSource clock;
  private final ListenPort listenPort;

  private Bus bus;
  private WorkerExecutor workers;
  private MeshClient client;
  private ZineBuilder zineBuilder;
  private final ReconcileHistory reconcileHistory = new ReconcileHistory();

  /** Done when the next reconciliation may begin. */
  private Future<?> reconcileTurn = Future.succeededFuture();

  /**
   * A client for the mesh.
   *
   * @param keys read to verify answers; learns the keys of peers that are asked
   * @param listenPort where this node serves the mesh, if it does
   */
  public MeshSyncVerticle(
      Identity me,
      Keyring keys,
      MeshConfig config,
      SignatureVerifier signatureVerifier,
      InstantSource clock,
      ListenPort listenPort) {
    this.me = me;
    this.keys = keys;
    this.config = config;
    this.signatureVerifier = signatureVerifier;
    this.clock = clock;
    this.listenPort = listenPort;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    workers =
        vertx.createSharedWorkerExecutor(
            "nara-mesh-client", Runtime.getRuntime().availableProcessors());
    client = new MeshClient(vertx, me, keys, config, signatureVerifier, clock, listenPort, workers);
    zineBuilder = new ZineBuilder(bus, me, clock, workers);
    return bus.serve(MeshRequest.ADDRESS, MeshRequest.class, this::onRequest).completion();
  }

  @Override
  public Future<?> stop() {
    return client.stop().eventually(workers::close);
  }

  private Future<? extends BusMessage> onRequest(MeshRequest<?> request) {
    return switch (request) {
      case FetchPage fetchPage -> onFetchPage(fetchPage);
      case FetchCheckpointPage fetch -> onFetchCheckpointPage(fetch);
      case PingPeer pingPeer -> onPingPeer(pingPeer);
      case FindPeerKey query -> onFindPeerKey(query);
      case ExchangeZines exchange -> onExchangeZines(exchange);
      case SendEvent sendEvent -> onSendEvent(sendEvent);
      case ReconcileWithPeer reconcileWithPeer -> onReconcileWithPeer(reconcileWithPeer);
    };
  }

  private Future<FetchOutcome> onFetchPage(FetchPage fetchPage) {
    return client
        .sync(
            fetchPage.peer(),
            SyncRequest.of(me.name(), fetchPage.query()),
            Query.MAX_EVENTS,
            fetchPage.timeout(),
            fetchPage.stallTimeout().orElse(config.stallTimeout()),
            verifiedResponse -> onSyncResponse(fetchPage, verifiedResponse))
        .recover(failureAsValue(trouble -> new FetchFailed(trouble.failure(), trouble.reason())));
  }

  private Future<FetchOutcome> onSyncResponse(
      FetchPage fetchPage, VerifiedResponse<SyncResponse> verifiedResponse) {
    SyncResponse response = verifiedResponse.value();
    EventListSummary summary = EventListSummary.of(response.json(), response.events());
    Optional<String> fault = summary.fault(fetchPage.query(), response.nextCursor());
    return fault.isPresent()
        ? Future.failedFuture(new MeshException(MeshFailure.NOT_ASKED, fault.get()))
        : offer(fetchPage.peer(), response.json(), response.events())
            .map(
                offerResult ->
                    pageFetched(
                        verifiedResponse, summary, response.nextCursor(), false, offerResult));
  }

  private Future<FetchOutcome> onFetchCheckpointPage(FetchCheckpointPage fetch) {
    return client
        .fetchCheckpoints(
            fetch.peer(),
            fetch.offset(),
            fetch.limit(),
            fetch.timeout(),
            verifiedResponse -> {
              CheckpointList list = verifiedResponse.value();
              return offer(fetch.peer(), list.json(), list.checkpoints())
                  .map(
                      offerResult ->
                          pageFetched(
                              verifiedResponse,
                              EventListSummary.of(list.json(), list.checkpoints()),
                              Optional.empty(),
                              list.hasMore(),
                              offerResult));
            })
        .recover(failureAsValue(trouble -> new FetchFailed(trouble.failure(), trouble.reason())));
  }

  private Future<OfferResult> offer(Peer peer, byte[] json, List<Span> events) {
    return events.isEmpty()
        ? Future.succeededFuture(new OfferResult(0, 0, 0, 0, 0, 0, Map.of(), Set.of()))
        : bus.request(
            TrustRequest.ADDRESS,
            new TrustRequest.OfferEvents(peer.name(), json, events),
            Timeouts.MERGE);
  }

  private static FetchOutcome pageFetched(
      VerifiedResponse<?> verifiedResponse,
      EventListSummary events,
      Optional<Long> nextCursor,
      boolean hasMore,
      OfferResult offerResult) {
    return new PageFetched(
        verifiedResponse.wireBytes(),
        events.count(),
        events.oldestTs(),
        events.newestTs(),
        nextCursor,
        hasMore,
        events.eventRefs(),
        offerResult,
        verifiedResponse.elapsed());
  }

  private Future<ZinesExchanged> onExchangeZines(ExchangeZines exchange) {
    Map<String, OfferResult> merged = new HashMap<>();
    Map<String, String> failed = new HashMap<>();
    return zineBuilder
        .build(exchange.span())
        .compose(
            ownZine ->
                Future.all(
                    exchange.peers().stream()
                        .map(
                            peer -> exchangeZine(ownZine, peer, exchange.timeout(), merged, failed))
                        .toList()))
        .map(all -> new ZinesExchanged(Map.copyOf(merged), Map.copyOf(failed)));
  }

  private Future<Void> exchangeZine(
      byte[] ownZine,
      Peer peer,
      Duration timeout,
      Map<String, OfferResult> merged,
      Map<String, String> failed) {
    return client
        .exchangeZine(
            peer,
            ownZine,
            timeout,
            verifiedResponse ->
                offer(peer, verifiedResponse.value().json(), verifiedResponse.value().events()))
        .<Void>map(
            offerResult -> {
              merged.put(peer.name(), offerResult);
              return null;
            })
        .recover(
            failureAsValue(
                trouble -> {
                  failed.put(peer.name(), trouble.reason());
                  return null;
                }));
  }

  private Future<DeliveryOutcome> onSendEvent(SendEvent sendEvent) {
    return client
        .sendEvent(sendEvent.peer(), sendEvent.event(), sendEvent.timeout())
        .<DeliveryOutcome>map(EventDelivered::new)
        .recover(
            failureAsValue(trouble -> new DeliveryFailed(trouble.failure(), trouble.reason())));
  }

  private Future<PingOutcome> onPingPeer(PingPeer pingPeer) {
    return client
        .ping(pingPeer.address(), pingPeer.timeout())
        .<PingOutcome>map(
            pong ->
                new Pong(
                    pong.value().from(), pong.value().key(), pong.value().meshIp(), pong.elapsed()))
        .recover(failureAsValue(trouble -> new PingFailed(trouble.failure(), trouble.reason())));
  }

  /** Begins when the one before has ended, or takes long. */
  private Future<ReconcileOutcome> onReconcileWithPeer(ReconcileWithPeer reconcileWithPeer) {
    Promise<Void> nextTurn = Promise.promise();
    Future<?> turn = reconcileTurn;
    reconcileTurn = nextTurn.future();
    return turn.compose(
        mine -> {
          long late =
              vertx.setTimer(
                  MeshLimits.RECONCILE_EXCLUSIVE_TIME.toMillis(), due -> nextTurn.tryComplete());
          return new ReconcileSession(bus, client, reconcileHistory, reconcileWithPeer)
              .run()
              .onComplete(
                  ended -> {
                    vertx.cancelTimer(late);
                    nextTurn.tryComplete();
                  });
        });
  }

  private Future<PeerKeyResult> onFindPeerKey(FindPeerKey query) {
    Optional<PublicKey> known = keys.byName(query.target());
    return known.isPresent()
        ? Future.succeededFuture(new PeerKeyResult(known, "", List.of()))
        : new KeyQuery(query).askNextPeer();
  }

  /** A query passed from peer to peer until one knows. */
  private final class KeyQuery {
    private final FindPeerKey query;
    private final Map<String, Peer> peersByName = new HashMap<>();
    private final Deque<Peer> queue;
    private final List<String> asked = new ArrayList<>();
    private final long deadlineNanos;
    private int redirects;

    KeyQuery(FindPeerKey query) {
      this.query = query;
      this.queue = new ArrayDeque<>(query.peers());
      query.peers().forEach(peer -> peersByName.putIfAbsent(peer.name(), peer));
      this.deadlineNanos = System.nanoTime() + query.timeout().toNanos();
    }

    Future<PeerKeyResult> askNextPeer() {
      Duration left = Duration.ofNanos(deadlineNanos - System.nanoTime());
      Optional<Peer> peer = nextUnaskedPeer();
      if (peer.isEmpty() || left.toMillis() < 1) {
        return notFound();
      }
      List<String> before = List.copyOf(asked);
      asked.add(peer.get().name());
      return client
          .queryKey(peer.get(), query.target(), before, left)
          .recover(failureAsValue(this::onFailure))
          .compose(this::onKeyQueryResult);
    }

    private KeyQueryResult onFailure(MeshException trouble) {
      if (trouble.failure() == MeshFailure.STOPPING) {
        queue.clear();
      }
      return new KeyQueryResult.KeyUnknown();
    }

    private Future<PeerKeyResult> onKeyQueryResult(KeyQueryResult keyQueryResult) {
      return switch (keyQueryResult) {
        case KeyQueryResult.KeyFound keyFound -> {
          keys.learn(query.target(), "", keyFound.response().key(), Origin.PEER_QUERY);
          Optional<PublicKey> learned = keys.byName(query.target());
          yield Future.succeededFuture(
              new PeerKeyResult(learned, keyFound.response().meshIp(), List.copyOf(asked)));
        }
        case KeyQueryResult.KeyRedirect other -> {
          Peer named = peersByName.get(other.name());
          if (named != null && redirects < MeshLimits.REDIRECTS) {
            redirects++;
            queue.addFirst(named);
          }
          yield askNextPeer();
        }
        case KeyQueryResult.KeyUnknown keyUnknown -> askNextPeer();
      };
    }

    private Optional<Peer> nextUnaskedPeer() {
      while (!queue.isEmpty()) {
        Peer peer = queue.removeFirst();
        if (!asked.contains(peer.name())) {
          return Optional.of(peer);
        }
      }
      return Optional.empty();
    }

    private Future<PeerKeyResult> notFound() {
      return Future.succeededFuture(new PeerKeyResult(Optional.empty(), "", List.copyOf(asked)));
    }
  }

  /** Troubles of a peer become answers; anything else stays a failure. */
  private static <T> Function<Throwable, Future<T>> failureAsValue(
      Function<MeshException, T> value) {
    return failure ->
        failure instanceof MeshException trouble
            ? Future.succeededFuture(value.apply(trouble))
            : Future.failedFuture(failure);
  }
}
