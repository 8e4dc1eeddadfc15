package nara.mesh;

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
import nara.event.JsonSpans.Span;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.ledger.Query;
import nara.mesh.MeshClient.Hearsay;
import nara.mesh.MeshClient.Verified;
import nara.mesh.MeshRequest.Deliver;
import nara.mesh.MeshRequest.Delivered;
import nara.mesh.MeshRequest.Delivery;
import nara.mesh.MeshRequest.ExchangeZines;
import nara.mesh.MeshRequest.Fetch;
import nara.mesh.MeshRequest.FetchCheckpoints;
import nara.mesh.MeshRequest.FetchFailed;
import nara.mesh.MeshRequest.FetchOutcome;
import nara.mesh.MeshRequest.Fetched;
import nara.mesh.MeshRequest.NoPong;
import nara.mesh.MeshRequest.NotDelivered;
import nara.mesh.MeshRequest.Peer;
import nara.mesh.MeshRequest.PeerQueried;
import nara.mesh.MeshRequest.Ping;
import nara.mesh.MeshRequest.PingOutcome;
import nara.mesh.MeshRequest.Pong;
import nara.mesh.MeshRequest.QueryPeers;
import nara.mesh.MeshRequest.Reconcile;
import nara.mesh.MeshRequest.ReconcileOutcome;
import nara.mesh.MeshRequest.ZinesExchanged;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.Offered;
import nara.trust.Verifier;

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
  private final Verifier verifier;
  private final InstantSource clock;
  private final Listening listening;

  private Bus bus;
  private WorkerExecutor workers;
  private MeshClient client;
  private Zines zines;
  private final ReconciledPeers reconciledPeers = new ReconciledPeers();

  /** Done when the next reconciliation may begin. */
  private Future<?> reconciling = Future.succeededFuture();

  /**
   * A client for the mesh.
   *
   * @param keys read to verify answers; learns the keys of peers that are asked
   * @param listening where this node serves the mesh, if it does
   */
  public MeshSyncVerticle(
      Identity me,
      Keyring keys,
      MeshConfig config,
      Verifier verifier,
      InstantSource clock,
      Listening listening) {
    this.me = me;
    this.keys = keys;
    this.config = config;
    this.verifier = verifier;
    this.clock = clock;
    this.listening = listening;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    workers =
        vertx.createSharedWorkerExecutor(
            "nara-mesh-client", Runtime.getRuntime().availableProcessors());
    client = new MeshClient(vertx, me, keys, config, verifier, clock, listening, workers);
    zines = new Zines(bus, me, clock, workers);
    return bus.serve(MeshRequest.ADDRESS, MeshRequest.class, this::onRequest).completion();
  }

  @Override
  public Future<?> stop() {
    return client.stop().eventually(workers::close);
  }

  private Future<? extends BusMessage> onRequest(MeshRequest<?> request) {
    return switch (request) {
      case Fetch fetch -> onFetch(fetch);
      case FetchCheckpoints fetch -> onFetchCheckpoints(fetch);
      case Ping ping -> onPing(ping);
      case QueryPeers query -> onQueryPeers(query);
      case ExchangeZines exchange -> onExchangeZines(exchange);
      case Deliver deliver -> onDeliver(deliver);
      case Reconcile reconcile -> onReconcile(reconcile);
    };
  }

  private Future<FetchOutcome> onFetch(Fetch fetch) {
    return client
        .sync(
            fetch.peer(),
            SyncRequest.of(me.name(), fetch.query()),
            Query.MOST,
            fetch.timeout(),
            fetch.patience().orElse(config.stall()),
            verified -> onAnswer(fetch, verified))
        .recover(asValue(trouble -> new FetchFailed(trouble.failure(), trouble.reason())));
  }

  private Future<FetchOutcome> onAnswer(Fetch fetch, Verified<SyncAnswer> verified) {
    SyncAnswer answer = verified.answer();
    StatedEvents stated = StatedEvents.of(answer.json(), answer.events());
    Optional<String> fault = stated.fault(fetch.query(), answer.nextCursor());
    return fault.isPresent()
        ? Future.failedFuture(new MeshTrouble(MeshFailure.NOT_ASKED, fault.get()))
        : offer(fetch.peer(), answer.json(), answer.events())
            .map(offered -> outcome(verified, stated, answer.nextCursor(), false, offered));
  }

  private Future<FetchOutcome> onFetchCheckpoints(FetchCheckpoints fetch) {
    return client
        .checkpoints(
            fetch.peer(),
            fetch.offset(),
            fetch.limit(),
            fetch.timeout(),
            verified -> {
              CheckpointList list = verified.answer();
              return offer(fetch.peer(), list.json(), list.checkpoints())
                  .map(
                      offered ->
                          outcome(
                              verified,
                              StatedEvents.of(list.json(), list.checkpoints()),
                              Optional.empty(),
                              list.hasMore(),
                              offered));
            })
        .recover(asValue(trouble -> new FetchFailed(trouble.failure(), trouble.reason())));
  }

  private Future<Offered> offer(Peer peer, byte[] json, List<Span> events) {
    return events.isEmpty()
        ? Future.succeededFuture(new Offered(0, 0, 0, 0, 0, 0, Map.of(), Set.of()))
        : bus.ask(
            TrustRequest.ADDRESS,
            new TrustRequest.Offer(peer.name(), json, events),
            MeshLimits.MERGE_TIME);
  }

  private static FetchOutcome outcome(
      Verified<?> verified,
      StatedEvents events,
      Optional<Long> nextCursor,
      boolean hasMore,
      Offered offered) {
    return new Fetched(
        verified.wireBytes(),
        events.events(),
        events.oldestTs(),
        events.newestTs(),
        nextCursor,
        hasMore,
        events.stated(),
        offered,
        verified.took());
  }

  private Future<ZinesExchanged> onExchangeZines(ExchangeZines exchange) {
    Map<String, Offered> merged = new HashMap<>();
    Map<String, String> failed = new HashMap<>();
    return zines
        .make(exchange.span())
        .compose(
            mine ->
                Future.all(
                    exchange.peers().stream()
                        .map(peer -> give(mine, peer, exchange.timeout(), merged, failed))
                        .toList()))
        .map(all -> new ZinesExchanged(Map.copyOf(merged), Map.copyOf(failed)));
  }

  private Future<Void> give(
      byte[] mine,
      Peer peer,
      Duration timeout,
      Map<String, Offered> merged,
      Map<String, String> failed) {
    return client
        .zine(
            peer,
            mine,
            timeout,
            verified -> offer(peer, verified.answer().json(), verified.answer().events()))
        .<Void>map(
            offered -> {
              merged.put(peer.name(), offered);
              return null;
            })
        .recover(
            asValue(
                trouble -> {
                  failed.put(peer.name(), trouble.reason());
                  return null;
                }));
  }

  private Future<Delivery> onDeliver(Deliver deliver) {
    return client
        .message(deliver.peer(), deliver.event(), deliver.timeout())
        .<Delivery>map(Delivered::new)
        .recover(asValue(trouble -> new NotDelivered(trouble.failure(), trouble.reason())));
  }

  private Future<PingOutcome> onPing(Ping ping) {
    return client
        .ping(ping.address(), ping.timeout())
        .<PingOutcome>map(
            pong ->
                new Pong(
                    pong.answer().from(), pong.answer().key(), pong.answer().meshIp(), pong.took()))
        .recover(asValue(trouble -> new NoPong(trouble.failure(), trouble.reason())));
  }

  /** Begins when the one before has ended, or takes long. */
  private Future<ReconcileOutcome> onReconcile(Reconcile reconcile) {
    Promise<Void> nextTurn = Promise.promise();
    Future<?> turn = reconciling;
    reconciling = nextTurn.future();
    return turn.compose(
        mine -> {
          long late =
              vertx.setTimer(MeshLimits.RECONCILE_ALONE.toMillis(), due -> nextTurn.tryComplete());
          return new ReconcileSession(bus, client, reconciledPeers, reconcile)
              .run()
              .onComplete(
                  ended -> {
                    vertx.cancelTimer(late);
                    nextTurn.tryComplete();
                  });
        });
  }

  private Future<PeerQueried> onQueryPeers(QueryPeers query) {
    Optional<PublicKey> known = keys.byName(query.target());
    return known.isPresent()
        ? Future.succeededFuture(new PeerQueried(known, "", List.of()))
        : new Inquiry(query).next();
  }

  /** A query passed from peer to peer until one knows. */
  private final class Inquiry {
    private final QueryPeers query;
    private final Map<String, Peer> addresses = new HashMap<>();
    private final Deque<Peer> toAsk;
    private final List<String> asked = new ArrayList<>();
    private final long deadline;
    private int redirects;

    Inquiry(QueryPeers query) {
      this.query = query;
      this.toAsk = new ArrayDeque<>(query.ask());
      query.ask().forEach(peer -> addresses.putIfAbsent(peer.name(), peer));
      this.deadline = System.nanoTime() + query.timeout().toNanos();
    }

    Future<PeerQueried> next() {
      Duration left = Duration.ofNanos(deadline - System.nanoTime());
      Optional<Peer> peer = nextNotAsked();
      if (peer.isEmpty() || left.toMillis() < 1) {
        return nobodyKnows();
      }
      List<String> before = List.copyOf(asked);
      asked.add(peer.get().name());
      return client
          .whoIs(peer.get(), query.target(), before, left)
          .recover(asValue(this::silence))
          .compose(this::onHearsay);
    }

    private Hearsay silence(MeshTrouble trouble) {
      if (trouble.failure() == MeshFailure.STOPPING) {
        toAsk.clear();
      }
      return new Hearsay.Nothing();
    }

    private Future<PeerQueried> onHearsay(Hearsay hearsay) {
      return switch (hearsay) {
        case Hearsay.Told told -> {
          keys.learn(query.target(), "", told.answer().key(), Origin.PEER_QUERY);
          Optional<PublicKey> learned = keys.byName(query.target());
          yield Future.succeededFuture(
              new PeerQueried(learned, told.answer().meshIp(), List.copyOf(asked)));
        }
        case Hearsay.AskOther other -> {
          Peer named = addresses.get(other.name());
          if (named != null && redirects < MeshLimits.REDIRECTS) {
            redirects++;
            toAsk.addFirst(named);
          }
          yield next();
        }
        case Hearsay.Nothing nothing -> next();
      };
    }

    private Optional<Peer> nextNotAsked() {
      while (!toAsk.isEmpty()) {
        Peer peer = toAsk.removeFirst();
        if (!asked.contains(peer.name())) {
          return Optional.of(peer);
        }
      }
      return Optional.empty();
    }

    private Future<PeerQueried> nobodyKnows() {
      return Future.succeededFuture(new PeerQueried(Optional.empty(), "", List.copyOf(asked)));
    }
  }

  /** Troubles of a peer become answers; anything else stays a failure. */
  private static <T> Function<Throwable, Future<T>> asValue(Function<MeshTrouble, T> value) {
    return failure ->
        failure instanceof MeshTrouble trouble
            ? Future.succeededFuture(value.apply(trouble))
            : Future.failedFuture(failure);
  }
}
