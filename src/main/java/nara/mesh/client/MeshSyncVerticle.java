package nara.mesh.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.event.json.RawEvents;
import nara.identity.PublicKey;
import nara.mesh.EventOffers;
import nara.mesh.MeshNode;
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
import nara.mesh.client.MeshRequest.JourneyTaken;
import nara.mesh.client.MeshRequest.MessageOutcome;
import nara.mesh.client.MeshRequest.MessagePosted;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.PeerKeyResult;
import nara.mesh.client.MeshRequest.PingFailed;
import nara.mesh.client.MeshRequest.PingOutcome;
import nara.mesh.client.MeshRequest.PingPeer;
import nara.mesh.client.MeshRequest.Pong;
import nara.mesh.client.MeshRequest.PostFailed;
import nara.mesh.client.MeshRequest.PostMessage;
import nara.mesh.client.MeshRequest.ReconcileOutcome;
import nara.mesh.client.MeshRequest.ReconcileWithPeer;
import nara.mesh.client.MeshRequest.SendEvent;
import nara.mesh.client.MeshRequest.SendFailed;
import nara.mesh.client.MeshRequest.SendJourney;
import nara.mesh.client.MeshRequest.SendOutcome;
import nara.mesh.client.MeshRequest.ZinesExchanged;
import nara.mesh.wire.CheckpointList;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.SyncRequest;
import nara.mesh.wire.SyncResponse;
import nara.trust.OfferSource;
import nara.trust.TrustRequest.OfferEvents;
import nara.trust.TrustRequest.OfferResult;

/**
 * Sends requests to peers for the other verticles: for events, checkpoints, pings and keys.
 *
 * <p>It verifies the response of a peer and offers the events to trust. The reply on the bus comes
 * when the events are merged. An undeployment ends every request with {@link MeshFailure#STOPPING}.
 */
public final class MeshSyncVerticle extends VerticleBase {
  private final MeshNode node;

  private Bus bus;
  private WorkerExecutor workers;
  private MeshTransport transport;
  private MeshClient client;
  private ZineBuilder builder;
  private final ReconcileHistory history = new ReconcileHistory();

  /** Completes when the next reconciliation may begin. */
  private Future<?> reconcileTurn = Future.succeededFuture();

  public MeshSyncVerticle(MeshNode node) {
    this.node = node;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    int cores = Runtime.getRuntime().availableProcessors();
    workers = vertx.createSharedWorkerExecutor("nara-mesh-client", cores);
    transport = new MeshTransport(vertx, node);
    client = new MeshClient(transport, node, workers);
    builder = new ZineBuilder(bus, node, workers);
    return bus.serve(MeshRequest.ADDRESS, MeshRequest.class, this::onRequest).completion();
  }

  @Override
  public Future<?> stop() {
    return transport.stop().eventually(workers::close);
  }

  private Future<? extends BusMessage> onRequest(MeshRequest<?> request) {
    return switch (request) {
      case FetchPage fetch -> onFetchPage(fetch);
      case FetchCheckpointPage fetch -> onFetchCheckpointPage(fetch);
      case PingPeer ping -> onPingPeer(ping);
      case FindPeerKey query -> onFindPeerKey(query);
      case ExchangeZines exchange -> onExchangeZines(exchange);
      case SendEvent send -> onSendEvent(send);
      case SendJourney send -> onSendJourney(send);
      case ReconcileWithPeer reconcile -> onReconcileWithPeer(reconcile);
      case PostMessage post -> onPostMessage(post);
    };
  }

  private Future<FetchOutcome> onFetchPage(FetchPage fetch) {
    return client
        .send(
            fetch.peer(),
            SignedRequest.sync(SyncRequest.of(node.name(), fetch.query())),
            fetch.timeout(),
            fetch.stallTimeout().orElse(node.config().stallTimeout()),
            verified -> onSyncResponse(fetch, verified))
        .recover(failureAsValue(FetchFailed::new));
  }

  private Future<FetchOutcome> onSyncResponse(
      FetchPage fetch, VerifiedResponse<SyncResponse> verified) {
    SyncResponse response = verified.value();
    EventListSummary summary = EventListSummary.of(response.events());
    Optional<String> excess = summary.excess(fetch.query());
    if (excess.isPresent()) {
      return Future.failedFuture(new MeshException(MeshFailure.NOT_ASKED, excess.get()));
    }
    String fault = summary.fault(fetch.query(), response.nextCursor()).orElse("");
    return offer(fetch.peer(), response.events())
        .map(result -> pageFetched(verified, summary, response.nextCursor(), false, result, fault));
  }

  private Future<FetchOutcome> onFetchCheckpointPage(FetchCheckpointPage fetch) {
    return client
        .fetchCheckpoints(fetch, verified -> onCheckpoints(fetch, verified))
        .recover(failureAsValue(FetchFailed::new));
  }

  private Future<FetchOutcome> onCheckpoints(
      FetchCheckpointPage fetch, VerifiedResponse<CheckpointList> verified) {
    CheckpointList list = verified.value();
    EventListSummary summary = EventListSummary.of(list.checkpoints());
    return offer(fetch.peer(), list.checkpoints())
        .map(
            result -> pageFetched(verified, summary, Optional.empty(), list.hasMore(), result, ""));
  }

  private Future<OfferResult> offer(Peer peer, RawEvents events) {
    return EventOffers.send(
        bus, new OfferEvents(OfferSource.peer(peer.name()), peer.witness(), events, false));
  }

  private static FetchOutcome pageFetched(
      VerifiedResponse<?> verified,
      EventListSummary events,
      Optional<Long> nextCursor,
      boolean hasMore,
      OfferResult result,
      String fault) {
    return new PageFetched(
        verified.wireBytes(),
        events.count(),
        events.oldestTs(),
        events.newestTs(),
        nextCursor,
        hasMore,
        events.eventRefs(),
        result,
        verified.elapsed(),
        fault);
  }

  private Future<ZinesExchanged> onExchangeZines(ExchangeZines exchange) {
    Map<String, OfferResult> merged = new HashMap<>();
    Map<String, String> failed = new HashMap<>();
    return builder
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

  private Future<Object> exchangeZine(
      byte[] ownZine,
      Peer peer,
      Duration timeout,
      Map<String, OfferResult> merged,
      Map<String, String> failed) {
    return client
        .send(
            peer, SignedRequest.zine(ownZine), timeout, zine -> offer(peer, zine.value().events()))
        .<Object>map(result -> merged.put(peer.name(), result))
        .recover(failureAsValue((failure, reason) -> failed.put(peer.name(), reason)));
  }

  private Future<DeliveryOutcome> onSendEvent(SendEvent send) {
    return client
        .<Boolean, DeliveryOutcome>send(
            send.peer(),
            SignedRequest.event(send.event()),
            send.timeout(),
            verified -> Future.succeededFuture(new EventDelivered(verified.value())))
        .recover(failureAsValue(DeliveryFailed::new));
  }

  private Future<MessageOutcome> onPostMessage(PostMessage post) {
    return client
        .<byte[], MessageOutcome>send(
            post.peer(),
            SignedRequest.message(post.message()),
            post.timeout(),
            verified -> Future.succeededFuture(new MessagePosted(verified.value())))
        .recover(failureAsValue(PostFailed::new));
  }

  /** The peer may be silent until all peers behind it have answered. */
  private Future<SendOutcome> onSendJourney(SendJourney send) {
    return client
        .<Boolean, SendOutcome>send(
            send.peer(),
            SignedRequest.journey(send.journey()),
            send.timeout(),
            send.timeout(),
            verified ->
                Future.succeededFuture(
                    verified.value()
                        ? new JourneyTaken()
                        : new SendFailed(MeshFailure.NOT_ASKED, "it did not take the journey")))
        .recover(failureAsValue(SendFailed::new));
  }

  private Future<PingOutcome> onPingPeer(PingPeer ping) {
    return transport
        .timedPing(ping.address(), ping.timeout())
        .<PingOutcome>map(
            pong ->
                new Pong(
                    pong.response().from(),
                    pong.response().key(),
                    pong.response().meshIp(),
                    pong.elapsed(),
                    clockOffset(pong)))
        .recover(failureAsValue(PingFailed::new));
  }

  /** Without a signature, so it counts only once the receiver has accepted the name and the key. */
  private static Optional<Duration> clockOffset(MeshTransport.TimedPing pong) {
    long nanos = pong.response().nanos();
    Instant ours = pong.receivedAt().minus(pong.elapsed().dividedBy(2));
    return nanos > 0
        ? Optional.of(Duration.between(ours, Instant.EPOCH.plusNanos(nanos)))
        : Optional.empty();
  }

  /** Starts when the previous reconciliation has ended, or takes long. */
  private Future<ReconcileOutcome> onReconcileWithPeer(ReconcileWithPeer request) {
    Promise<Void> nextTurn = Promise.promise();
    Future<?> turn = reconcileTurn;
    reconcileTurn = nextTurn.future();
    return turn.compose(
        begin -> {
          long timer =
              vertx.setTimer(
                  MeshLimits.RECONCILE_EXCLUSIVE_TIME.toMillis(), due -> nextTurn.tryComplete());
          return new ReconcileSession(bus, client, node.clock(), history, request)
              .run()
              .onComplete(
                  ended -> {
                    vertx.cancelTimer(timer);
                    nextTurn.tryComplete();
                  });
        });
  }

  private Future<PeerKeyResult> onFindPeerKey(FindPeerKey query) {
    Optional<PublicKey> known = node.keys().byName(query.target());
    // Where several keys are claimed, the peers' own keys may turn the decision.
    boolean mayTurn = query.everyPeer() && node.keys().mayTurn(query.target());
    return known.isPresent() && !mayTurn
        ? Future.succeededFuture(new PeerKeyResult(known, "", List.of()))
        : query.everyPeer()
            ? askEveryPeer(query)
            : new KeyQuery(transport, node, query).askNextPeer();
  }

  private Future<PeerKeyResult> askEveryPeer(FindPeerKey query) {
    List<Future<PeerKeyResult>> responses =
        query.peers().stream()
            .map(peer -> new FindPeerKey(query.target(), List.of(peer), query.timeout()))
            .map(one -> new KeyQuery(transport, node, one).askNextPeer())
            .toList();
    return Future.join(responses)
        .transform(
            ended ->
                Future.succeededFuture(
                    new PeerKeyResult(
                        node.keys().byName(query.target()),
                        "",
                        query.peers().stream().map(Peer::name).toList())));
  }

  /** Turns a failure that the peer caused into a value; any other stays a failure. */
  private static <T> Function<Throwable, Future<T>> failureAsValue(
      BiFunction<MeshFailure, String, T> value) {
    return failure ->
        failure instanceof MeshException fault
            ? Future.succeededFuture(value.apply(fault.failure(), fault.reason()))
            : Future.failedFuture(failure);
  }
}
