package nara.mesh.server;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import nara.bounds.RateLimiter;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.mesh.MeshConfig;
import nara.mesh.MeshNode;
import nara.mesh.PingClient;
import nara.mesh.server.BodyReader.BodyRejected;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.PeerAddress;
import nara.mesh.wire.RequestSignature;
import nara.mesh.wire.RequestSignature.AuthResult;
import nara.mesh.wire.SignatureHeaders;

/**
 * Serves the mesh to other naras: routes, authenticates and limits their requests. A handler class
 * for each kind of request gives the response.
 *
 * <p>A request whose sender passed the signature check gets a signed response, whatever the status.
 */
public final class MeshServerVerticle extends VerticleBase {
  // Attributes of a request.

  /** The name of the sender, once its signature is verified: the response is signed. */
  private static final String SENDER = "nara.sender";

  /** Whether the body is being read, or waits to be. */
  private static final String READING_BODY = "nara.reading";

  /** When the request arrived, in nanoseconds of the node's clock. */
  private static final String ARRIVED_AT = "nara.arrived";

  private final MeshNode node;
  private final PeerDirectory peerDirectory;
  private final Function<Vertx, PingClient> pingClients;
  private final ServerLimits limits;
  private final ServerCounts counts = new ServerCounts();

  private WorkerExecutor workers;
  private PingClient client;
  private SenderLookup lookup;
  private ResponseSender sender;
  private RateLimiter limiter;
  private Router router;
  private ServedRequests served;
  private HttpServer server;
  private Connections connections;
  private FairBudget bodyBudget;
  private FairBudget responseBudget;
  private FairBudget unsignedResponseBudget;
  private BodyReader bodies;
  private SeenRequests seenRequests;
  private KnownAddresses knownAddresses;

  /**
   * The server of one node.
   *
   * @param directory the addresses of other naras
   * @param pingClients makes the client that pings unknown senders
   */
  public MeshServerVerticle(
      MeshNode node, PeerDirectory directory, Function<Vertx, PingClient> pingClients) {
    this(
        node,
        directory,
        pingClients,
        ServerLimits.of(Runtime.getRuntime().maxMemory(), node.config().maxRequestBytes()));
  }

  /** The same with other limits. */
  MeshServerVerticle(
      MeshNode node,
      PeerDirectory directory,
      Function<Vertx, PingClient> pingClients,
      ServerLimits limits) {
    this.node = node;
    this.peerDirectory = directory;
    this.pingClients = pingClients;
    this.limits = limits;
  }

  @Override
  public Future<?> start() {
    MeshConfig config = node.config();
    int cores = Runtime.getRuntime().availableProcessors();
    workers = vertx.createSharedWorkerExecutor("nara-mesh-server", cores);
    client = pingClients.apply(vertx);
    knownAddresses = new KnownAddresses(peerDirectory);
    lookup = new SenderLookup(client, node, peerDirectory, limits);
    int rate = config.requestsPerSecond();
    Duration second = Duration.ofSeconds(1);
    limiter = new RateLimiter(rate, second, config.requestsAtOnce(), node.clock()::nanoTime);
    connections = new Connections(limits, counts, node.clock()::nanoTime);
    sender = new ResponseSender(node, workers, connections);
    bodyBudget = budget(limits.bodyBytes(), ServerLimits.BODIES, ServerLimits.PER_ADDRESS);
    responseBudget =
        budget(limits.responseBytes(), ServerLimits.RESPONSES, ServerLimits.PER_ADDRESS);
    unsignedResponseBudget =
        budget(limits.responseBytes() / 4, ServerLimits.UNSIGNED_RESPONSES, ServerLimits.PER_NAME);
    bodies = new BodyReader(bodyBudget, config.maxRequestBytes(), counts);
    seenRequests =
        new SeenRequests(
            ServerLimits.REMEMBERED_REQUESTS, ServerLimits.REMEMBERED_TIME, node.clock()::nanoTime);
    Bus bus = Bus.of(vertx);
    router = routes(bus);
    served = new ServedRequests(Set.copyOf(paths()));
    bus.serve(MeshServerRequest.ADDRESS, MeshServerRequest.class, this::onRequest);
    vertx.setPeriodic(ServerLimits.SWEEP_INTERVAL.toMillis(), tick -> sweep());
    server =
        vertx
            .createHttpServer(options(config))
            .connectionHandler(connections::onConnection)
            .invalidRequestHandler(
                request -> InvalidHead.refuse(request, MeshResponse.TEXT, text -> text + '\n'))
            .requestHandler(
                request -> {
                  connections.onRequest(request);
                  router.handle(request);
                });
    return server.listen().onSuccess(open -> node.listenPort().set(open.actualPort()));
  }

  private FairBudget budget(long bytes, int turns, int perAddress) {
    return new FairBudget(
        new FairBudget.Capacity(bytes, turns, ServerLimits.PER_NAME, perAddress),
        limits,
        node.clock()::nanoTime);
  }

  private void sweep() {
    bodyBudget.sweep();
    responseBudget.sweep();
    unsignedResponseBudget.sweep();
    lookup.sweep();
    connections.sweep();
  }

  private Future<? extends BusMessage> onRequest(MeshServerRequest<?> request) {
    return switch (request) {
      case MeshServerRequest.GetServerUsage get ->
          Future.succeededFuture(
              new MeshServerRequest.ServerUsage(
                  counts.byReason(),
                  bodyBudget.usedBytes(),
                  responseBudget.usedBytes() + unsignedResponseBudget.usedBytes()));
      case MeshServerRequest.GetRequestTotals get -> Future.succeededFuture(served.totals());
    };
  }

  @Override
  public Future<?> stop() {
    node.listenPort().clear();
    return client
        .stop()
        .eventually(() -> server.shutdown(MeshLimits.SHUTDOWN_TIMEOUT))
        .eventually(workers::close);
  }

  private static HttpServerOptions options(MeshConfig config) {
    HttpServerOptions options = new HttpServerOptions();
    options.setHost(config.host()).setPort(config.port());
    options.setMaxHeaderSize(MeshLimits.HEADER_BYTES);
    options.setMaxInitialLineLength(MeshLimits.LINE_BYTES);
    options.setHttp2ClearTextEnabled(false);
    return options;
  }

  // Routes.

  private Router routes(Bus bus) {
    Router router = Router.router(vertx);
    QueryHandler query = new QueryHandler(bus, node, peerDirectory, workers);
    DeliveryHandler delivery = new DeliveryHandler(bus, node, workers);
    JourneyHandler journey = new JourneyHandler(bus, node);
    ReconcileHandler reconcile = new ReconcileHandler(bus, node, workers);
    router.route().handler(this::onArrived);
    publicGet(router, MeshPaths.PING, ctx -> respond(ctx, query.onPing(ctx)));
    publicGet(router, MeshPaths.COORDINATES, ctx -> respond(ctx, query.onCoordinates(ctx)));
    publicGet(router, MeshPaths.PEER_QUERY, ctx -> respond(ctx, query.onPeerQuery(ctx)));
    Handler<RoutingContext> list =
        ctx -> respondInTurn(ctx, () -> query.onCheckpoints(ctx), () -> {});
    publicGet(router, MeshPaths.CHECKPOINTS, list);
    signedPost(router, MeshPaths.SYNC, query::onSync);
    signedPost(router, MeshPaths.RECONCILE, reconcile::onReconcile);
    signedPost(router, MeshPaths.FETCH, reconcile::onFetch);
    signedPost(router, MeshPaths.ZINE, delivery::onZine);
    signedPost(router, MeshPaths.SEND_EVENT, delivery::onEvent);
    signedPost(router, MeshPaths.MESSAGE, new MessageHandler(bus)::onMessage);
    signedPost(router, MeshPaths.WORLD_RELAY, journey::onRelay);
    ownerPost(router, MeshPaths.IMPORT, delivery::onImport);
    router.route().handler(ctx -> respond(ctx, MeshResponse.notFound()));
    // Without these, Vert.x logs each malformed request: no host, half a percent sign, no path.
    router.errorHandler(400, ctx -> respond(ctx, MeshResponse.text(400, "Bad request")));
    router.errorHandler(404, ctx -> respond(ctx, MeshResponse.notFound()));
    router.errorHandler(
        500, ctx -> respond(ctx, Future.failedFuture(ctx.failure()), Optional.empty()));
    return router;
  }

  /** All paths of this server. */
  public List<String> paths() {
    return router.getRoutes().stream()
        .map(Route::getPath)
        .filter(Objects::nonNull)
        .distinct()
        .toList();
  }

  /** A GET without authentication. */
  private void publicGet(Router router, String path, Handler<RoutingContext> handler) {
    router.get(path).handler(ctx -> limitRate(ctx, addressOf(ctx)));
    router.get(path).handler(handler);
  }

  /** A POST with the owner's signature in its body: anybody can send one. */
  private void ownerPost(
      Router router, String path, BiFunction<Requester, byte[], Future<MeshResponse>> handler) {
    router.route(path).handler(this::requirePost).failureHandler(this::onFailure);
    router.route(path).handler(ctx -> limitRate(ctx, addressOf(ctx)));
    router.route(path).handler(ctx -> readBody(ctx, handler));
  }

  /** A POST whose sender is authenticated before the server reads the body. */
  private void signedPost(
      Router router, String path, BiFunction<Requester, byte[], Future<MeshResponse>> handler) {
    // Separate routes: within one route, vertx-web wants the body handler first.
    router.route(path).handler(this::authenticateSender).failureHandler(this::onFailure);
    router.route(path).handler(this::requirePost);
    router.route(path).handler(ctx -> readBody(ctx, handler));
  }

  private void readBody(
      RoutingContext ctx, BiFunction<Requester, byte[], Future<MeshResponse>> handler) {
    ctx.put(READING_BODY, true);
    Requester requester = requester(ctx);
    bodies
        .read(ctx.request(), requester)
        .onSuccess(
            body ->
                respondInTurn(ctx, () -> handler.apply(requester, body.bytes()), body.release()))
        .onFailure(
            failure -> {
              if (failure instanceof BodyRejected rejection) {
                respond(ctx, rejection.response());
                // The rest of the body is discarded.
                ctx.request().resume();
              } else {
                ctx.fail(failure);
              }
            });
  }

  // Checks before a request is processed.

  private void onArrived(RoutingContext ctx) {
    ctx.put(ARRIVED_AT, node.clock().nanoTime());
    ctx.next();
  }

  private void requirePost(RoutingContext ctx) {
    if (ctx.request().method().equals(HttpMethod.POST)) {
      ctx.next();
    } else {
      respond(ctx, MeshResponse.text(405, "Method not allowed"));
    }
  }

  private void limitRate(RoutingContext ctx, String key) {
    if (limiter.tryAcquire(key)) {
      ctx.next();
    } else {
      rejectByRate(ctx, key);
    }
  }

  private void rejectByRate(RoutingContext ctx, String key) {
    counts.add(ServerCounts.RATE_LIMITED);
    respond(ctx, MeshResponse.tooManyRequests(limiter.retryAfterSeconds(key)));
  }

  private void authenticateSender(RoutingContext ctx) {
    String address = addressOf(ctx);
    ctx.request().pause();
    if (limiter.isExhausted(address)) {
      // This address had many rejected requests, so the server checks no signature for it.
      rejectByRate(ctx, address);
      ctx.request().resume();
      return;
    }
    SignatureHeaders headers = SignatureHeaders.of(ctx.request().headers());
    authenticate(ctx, headers)
        .compose(result -> withLookup(ctx, headers, result))
        .onSuccess(
            result -> {
              onAuthResult(ctx, headers, result);
              // A handler reads the body by now; otherwise the body is discarded.
              if (!ctx.get(READING_BODY, false)) {
                ctx.request().resume();
              }
            })
        .onFailure(ctx::fail);
  }

  /** Authenticates again when the key of an unknown sender could be learned. */
  private Future<AuthResult> withLookup(
      RoutingContext ctx, SignatureHeaders headers, AuthResult result) {
    return result instanceof AuthResult.UnknownSender unknown
        ? lookup
            .learn(unknown.name(), addressOf(ctx), claimedPort(ctx))
            .compose(known -> known ? authenticate(ctx, headers) : Future.succeededFuture(result))
        : Future.succeededFuture(result);
  }

  private Future<AuthResult> authenticate(RoutingContext ctx, SignatureHeaders headers) {
    String method = ctx.request().method().name();
    String path = ctx.request().path();
    return workers.executeBlocking(
        () ->
            RequestSignature.authenticate(
                headers, method, path, node.clock().instant(), node::keyOf, node.verifier()),
        false);
  }

  private void onAuthResult(RoutingContext ctx, SignatureHeaders headers, AuthResult result) {
    switch (result) {
      case AuthResult.Authenticated authenticated -> onAuthenticated(ctx, headers);
      case AuthResult.UnknownSender unknown -> rejectSender(ctx, unknown.asFailure());
      case AuthResult.AuthFailure failure -> rejectSender(ctx, failure);
    }
  }

  /**
   * Charges the request to the sender at this address. A peer can send the signed requests that it
   * received once more, so requests that may be such ones are charged to the address alone: those
   * that repeat a signature, and those from another address than the sender's.
   */
  private void onAuthenticated(RoutingContext ctx, SignatureHeaders headers) {
    String name = headers.name();
    String address = addressOf(ctx);
    KnownAddresses.Match match = knownAddresses.match(name, address);
    long message =
        RequestSignature.messageHash(headers, ctx.request().method().name(), ctx.request().path());
    SeenRequests.Sighting sighting = seenRequests.note(message, address);
    if (sighting == SeenRequests.Sighting.REPEATED_ELSEWHERE
        && match != KnownAddresses.Match.SAME) {
      counts.add(ServerCounts.REPLAYED);
      rejectSender(ctx, new AuthResult.AuthFailure("signature used before at another address"));
      return;
    }
    ctx.put(SENDER, name);
    // The prefixes keep the counts of names, repeats and addresses apart.
    limitRate(
        ctx,
        sighting != SeenRequests.Sighting.FIRST
            ? "repeats at " + address
            : match == KnownAddresses.Match.OTHER
                ? "others at " + address
                : "name " + name + " at " + address);
  }

  private void rejectSender(RoutingContext ctx, AuthResult.AuthFailure failure) {
    counts.add(ServerCounts.UNAUTHENTICATED);
    limiter.tryAcquire(addressOf(ctx));
    respond(ctx, MeshResponse.text(401, "Authentication failed: " + failure.reason()));
  }

  private static OptionalInt claimedPort(RoutingContext ctx) {
    String header = String.valueOf(ctx.request().getHeader(MeshPaths.PORT_HEADER));
    int port = QueryHandler.intOrDefault(header, 0);
    return port < 1 || port > PeerAddress.MAX_PORT ? OptionalInt.empty() : OptionalInt.of(port);
  }

  private static String addressOf(RoutingContext ctx) {
    return ctx.request().remoteAddress().hostAddress();
  }

  // Responses.

  private void onFailure(RoutingContext ctx) {
    respond(ctx, Future.failedFuture(ctx.failure()), Optional.empty());
    ctx.request().resume();
  }

  /**
   * Produces the response when it is the requester's turn, and sends it as fast as the peer reads.
   *
   * @param processed called when the request is processed or rejected
   */
  private void respondInTurn(
      RoutingContext ctx, Supplier<Future<MeshResponse>> response, Runnable processed) {
    FairBudget budget = isAuthenticated(ctx) ? responseBudget : unsignedResponseBudget;
    FairBudget.Lease submitted =
        budget.submit(
            requester(ctx),
            ServerLimits.ESTIMATED_RESPONSE_BYTES,
            new FairBudget.Work() {
              @Override
              public void start(FairBudget.Lease lease) {
                Future<MeshResponse> produced =
                    Future.future(promise -> response.get().onComplete(promise));
                produced.onComplete(done -> processed.run());
                respond(ctx, produced, Optional.of(lease));
              }

              @Override
              public void refuse() {
                processed.run();
                counts.add(ServerCounts.BUSY);
                respond(ctx, MeshResponse.busy());
              }

              @Override
              public void cut() {
                counts.add(ServerCounts.SLOW_READERS);
                ctx.request().connection().close();
              }
            });
    if (submitted.isWaiting()) {
      // The peer may hang up meanwhile.
      ctx.addEndHandler(
          ended -> {
            if (submitted.isWaiting()) {
              submitted.release();
              processed.run();
            }
          });
    }
  }

  private void respond(RoutingContext ctx, MeshResponse response) {
    respond(ctx, Future.succeededFuture(response), Optional.empty());
  }

  private void respond(
      RoutingContext ctx, Future<MeshResponse> response, Optional<FairBudget.Lease> lease) {
    sender
        .send(ctx.request(), isAuthenticated(ctx), response, lease)
        .onSuccess(sent -> onResponseSent(ctx));
  }

  private void onResponseSent(RoutingContext ctx) {
    connections.onResponseSent(ctx.request());
    Long arrived = ctx.get(ARRIVED_AT);
    if (arrived != null) {
      served.add(
          ctx.request().path(), ctx.response().getStatusCode(), node.clock().nanoTime() - arrived);
    }
  }

  private static Requester requester(RoutingContext ctx) {
    return new Requester(ctx.get(SENDER, ""), addressOf(ctx));
  }

  private static boolean isAuthenticated(RoutingContext ctx) {
    return ctx.get(SENDER) != null;
  }
}
