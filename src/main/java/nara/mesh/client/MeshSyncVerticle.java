package nara.mesh.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.event.json.JsonSpans.Span;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.mesh.EventOffers;
import nara.mesh.ListenPort;
import nara.mesh.MeshConfig;
import nara.mesh.ZineBuilder;
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
import nara.trust.TrustRequest.OfferEvents;
import nara.trust.TrustRequest.OfferResult;
import nara.trust.verifier.SignatureVerifier;

/**
 * Sends requests to peers for the other verticles: for events, checkpoints, pings and keys.
 *
 * <p>It verifies the response of a peer and offers the events to trust. The reply on the bus comes
 * when the events are merged. An undeployment ends every request with {@link MeshFailure#STOPPING}.
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
  private MeshTransport transport;
  private MeshClient client;
  private ZineBuilder zineBuilder;
  private final ReconcileHistory reconcileHistory = new ReconcileHistory();

  /** Completes when the next reconciliation may begin. */
  private Future<?> reconcileTurn = Future.succeededFuture();

  /**
   * The client of one node.
   *
   * @param keys verify responses; they learn the keys of unknown peers
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
    transport = new MeshTransport(vertx, me, config, clock, listenPort);
    client = new MeshClient(transport, keys, config, signatureVerifier, workers);
    zineBuilder = new ZineBuilder(bus, me, clock, workers);
    return bus.serve(MeshRequest.ADDRESS, MeshRequest.class, this::onRequest).completion();
  }

  @Override
  public Future<?> stop() {
    return transport.stop().eventually(workers::close);
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
            fetchPage.timeout(),
            fetchPage.stallTimeout().orElse(config.stallTimeout()),
            verifiedResponse -> onSyncResponse(fetchPage, verifiedResponse))
        .recover(failureAsValue(fault -> new FetchFailed(fault.failure(), fault.reason())));
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
        .recover(failureAsValue(fault -> new FetchFailed(fault.failure(), fault.reason())));
  }

  private Future<OfferResult> offer(Peer peer, byte[] json, List<Span> events) {
    return EventOffers.send(bus, new OfferEvents(peer.name(), json, events));
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
        .map(done -> new ZinesExchanged(Map.copyOf(merged), Map.copyOf(failed)));
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
                fault -> {
                  failed.put(peer.name(), fault.reason());
                  return null;
                }));
  }

  private Future<DeliveryOutcome> onSendEvent(SendEvent sendEvent) {
    return client
        .sendEvent(sendEvent.peer(), sendEvent.event(), sendEvent.timeout())
        .<DeliveryOutcome>map(EventDelivered::new)
        .recover(failureAsValue(fault -> new DeliveryFailed(fault.failure(), fault.reason())));
  }

  private Future<PingOutcome> onPingPeer(PingPeer pingPeer) {
    return transport
        .timedPing(pingPeer.address(), pingPeer.timeout())
        .<PingOutcome>map(
            pong ->
                new Pong(
                    pong.response().from(),
                    pong.response().key(),
                    pong.response().meshIp(),
                    pong.elapsed()))
        .recover(failureAsValue(fault -> new PingFailed(fault.failure(), fault.reason())));
  }

  /** Starts when the previous reconciliation has ended, or takes long. */
  private Future<ReconcileOutcome> onReconcileWithPeer(ReconcileWithPeer reconcileWithPeer) {
    Promise<Void> nextTurn = Promise.promise();
    Future<?> turn = reconcileTurn;
    reconcileTurn = nextTurn.future();
    return turn.compose(
        begin -> {
          long timer =
              vertx.setTimer(
                  MeshLimits.RECONCILE_EXCLUSIVE_TIME.toMillis(), due -> nextTurn.tryComplete());
          return new ReconcileSession(bus, client, reconcileHistory, reconcileWithPeer)
              .run()
              .onComplete(
                  ended -> {
                    vertx.cancelTimer(timer);
                    nextTurn.tryComplete();
                  });
        });
  }

  private Future<PeerKeyResult> onFindPeerKey(FindPeerKey query) {
    Optional<PublicKey> known = keys.byName(query.target());
    return known.isPresent()
        ? Future.succeededFuture(new PeerKeyResult(known, "", List.of()))
        : new KeyQuery(client, keys, query).askNextPeer();
  }

  /** Turns a failure that the peer caused into a value; any other stays a failure. */
  private static <T> Function<Throwable, Future<T>> failureAsValue(
      Function<MeshException, T> value) {
    return failure ->
        failure instanceof MeshException fault
            ? Future.succeededFuture(value.apply(fault))
            : Future.failedFuture(failure);
  }
}
