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
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import nara.bounds.RateLimiter;
import nara.bus.Bus;
import nara.mesh.MeshConfig;
import nara.mesh.MeshNode;
import nara.mesh.PingClient;
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

  /** Whether the response holds events, and counts as in flight until it is sent. */
  private static final String COUNTED_IN_FLIGHT = "nara.large";

  /** Whether the server has begun to read the body. */
  private static final String READING_BODY = "nara.reading";

  private final MeshNode node;
  private final PeerDirectory peerDirectory;
  private final Function<Vertx, PingClient> pingClients;

  private WorkerExecutor workers;
  private PingClient client;
  private SenderLookup lookup;
  private ResponseSender sender;
  private RateLimiter limiter;
  private Router router;
  private HttpServer server;
  private ConnectionDeadlines deadlines;
  private int responsesInFlight;
  private int unsignedResponsesInFlight;
  private int importsInFlight;

  /**
   * The server of one node.
   *
   * @param directory the addresses of other naras
   * @param pingClients makes the client that pings unknown senders
   */
  public MeshServerVerticle(
      MeshNode node, PeerDirectory directory, Function<Vertx, PingClient> pingClients) {
    this.node = node;
    this.peerDirectory = directory;
    this.pingClients = pingClients;
  }

  @Override
  public Future<?> start() {
    MeshConfig config = node.config();
    int cores = Runtime.getRuntime().availableProcessors();
    workers = vertx.createSharedWorkerExecutor("nara-mesh-server", cores);
    client = pingClients.apply(vertx);
    lookup = new SenderLookup(client, node, peerDirectory);
    int rate = config.requestsPerSecond();
    Duration second = Duration.ofSeconds(1);
    limiter = new RateLimiter(rate, second, config.requestsAtOnce(), node.clock()::nanoTime);
    sender = new ResponseSender(node, workers);
    deadlines = new ConnectionDeadlines(vertx);
    router = routes(Bus.of(vertx));
    server =
        vertx
            .createHttpServer(options(config))
            .connectionHandler(deadlines::onConnection)
            .requestHandler(
                request -> {
                  deadlines.onRequest(request);
                  router.handle(request);
                });
    return server.listen().onSuccess(open -> node.listenPort().set(open.actualPort()));
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
    options.setIdleTimeout((int) MeshLimits.REQUEST_TIMEOUT.toSeconds());
    return options;
  }

  // Routes.

  private Router routes(Bus bus) {
    Router router = Router.router(vertx);
    QueryHandler query = new QueryHandler(bus, node, peerDirectory, workers);
    DeliveryHandler delivery = new DeliveryHandler(bus, node, workers);
    ReconcileHandler reconcile = new ReconcileHandler(bus, node, workers);
    publicGet(router, MeshPaths.PING, ctx -> respond(ctx, query.onPing(ctx)));
    publicGet(router, MeshPaths.COORDINATES, ctx -> respond(ctx, query.onCoordinates(ctx)));
    publicGet(router, MeshPaths.PEER_QUERY, ctx -> respond(ctx, query.onPeerQuery(ctx)));
    Handler<RoutingContext> list = ctx -> respondWithinLimit(ctx, () -> query.onCheckpoints(ctx));
    publicGet(router, MeshPaths.CHECKPOINTS, list);
    signedPost(router, MeshPaths.SYNC, query::onSync);
    signedPost(router, MeshPaths.RECONCILE, reconcile::onReconcile);
    signedPost(router, MeshPaths.FETCH, reconcile::onFetch);
    signedPost(
        router, MeshPaths.ZINE, ctx -> delivery.onZine(sender(ctx), addressOf(ctx), body(ctx)));
    signedPost(
        router,
        MeshPaths.SEND_EVENT,
        ctx -> delivery.onEvent(sender(ctx), addressOf(ctx), body(ctx)));
    ownerPost(router, MeshPaths.IMPORT, delivery::onImport);
    router.route().handler(ctx -> respond(ctx, MeshResponse.notFound()));
    // Without these, Vert.x logs each malformed request: no host, half a percent sign, no path.
    router.errorHandler(400, ctx -> respond(ctx, MeshResponse.text(400, "Bad request")));
    router.errorHandler(404, ctx -> respond(ctx, MeshResponse.notFound()));
    router.errorHandler(500, ctx -> respond(ctx, Future.failedFuture(ctx.failure())));
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

  /** A POST with the owner's signature in its body. Anybody can send one: few are read at once. */
  private void ownerPost(
      Router router, String path, BiFunction<String, byte[], Future<MeshResponse>> handler) {
    router.route(path).handler(this::requirePost).failureHandler(this::onFailure);
    router.route(path).handler(ctx -> limitRate(ctx, addressOf(ctx)));
    router.route(path).handler(this::limitImports);
    handleBody(router, path, ctx -> handler.apply(sender(ctx), body(ctx)));
  }

  /** A POST whose sender is authenticated before the server reads the body. */
  private void signedPost(
      Router router, String path, BiFunction<String, byte[], Future<MeshResponse>> handler) {
    signedPost(router, path, ctx -> handler.apply(sender(ctx), body(ctx)));
  }

  private void signedPost(
      Router router, String path, Function<RoutingContext, Future<MeshResponse>> handler) {
    // Separate routes: within one route, vertx-web wants the body handler first.
    router.route(path).handler(this::authenticateSender).failureHandler(this::onFailure);
    router.route(path).handler(this::requirePost);
    handleBody(router, path, handler);
  }

  private void handleBody(
      Router router, String path, Function<RoutingContext, Future<MeshResponse>> handler) {
    int maxBytes = node.config().maxRequestBytes();
    router.route(path).handler(ctx -> ctx.put(READING_BODY, true).next());
    router.route(path).handler(BodyHandler.create(false).setBodyLimit(maxBytes));
    router.route(path).handler(ctx -> respondWithinLimit(ctx, () -> handler.apply(ctx)));
  }

  private static String sender(RoutingContext ctx) {
    return ctx.get(SENDER, "");
  }

  private static byte[] body(RoutingContext ctx) {
    return ctx.body().buffer() == null ? new byte[0] : ctx.body().buffer().getBytes();
  }

  // Checks before a request is processed.

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
    respond(ctx, MeshResponse.tooManyRequests(limiter.retryAfterSeconds(key)));
  }

  private void limitImports(RoutingContext ctx) {
    if (importsInFlight >= MeshLimits.IMPORTS_IN_FLIGHT) {
      respond(ctx, MeshResponse.importRejected(503, "Too many imports at once"));
      return;
    }
    importsInFlight++;
    ctx.addEndHandler(ended -> importsInFlight--);
    ctx.next();
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
              onAuthResult(ctx, result);
              // Only now does a handler wait for the body.
              ctx.request().resume();
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

  private void onAuthResult(RoutingContext ctx, AuthResult result) {
    switch (result) {
      case AuthResult.Authenticated authenticated -> {
        ctx.put(SENDER, authenticated.name());
        // A name may look like an address: the prefix keeps their counts apart.
        limitRate(ctx, "name " + authenticated.name());
      }
      case AuthResult.UnknownSender unknown -> rejectSender(ctx, unknown.asFailure());
      case AuthResult.AuthFailure failure -> rejectSender(ctx, failure);
    }
  }

  private void rejectSender(RoutingContext ctx, AuthResult.AuthFailure failure) {
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
    if (ctx.statusCode() == 413) {
      respond(ctx, MeshResponse.text(413, "Request body too large"));
    } else if (ctx.get(READING_BODY, false) && !ctx.request().isEnded()) {
      // The sender hung up or sends no HTTP: that is no error of ours, so it is not logged.
      respond(ctx, MeshResponse.text(400, "Bad request"));
    } else {
      respond(ctx, Future.failedFuture(ctx.failure()));
    }
  }

  /** Counts the response as in flight until it is sent; rejects the request at the limit. */
  private void respondWithinLimit(RoutingContext ctx, Supplier<Future<MeshResponse>> response) {
    boolean full =
        isAuthenticated(ctx)
            ? responsesInFlight >= MeshLimits.RESPONSES_IN_FLIGHT
            : unsignedResponsesInFlight >= MeshLimits.UNSIGNED_RESPONSES_IN_FLIGHT;
    if (full) {
      respond(ctx, MeshResponse.text(503, "Too many requests at once"));
      return;
    }
    addInFlight(ctx, 1);
    ctx.put(COUNTED_IN_FLIGHT, true);
    respond(ctx, response.get());
  }

  private void respond(RoutingContext ctx, MeshResponse response) {
    respond(ctx, Future.succeededFuture(response));
  }

  private void respond(RoutingContext ctx, Future<MeshResponse> response) {
    sender
        .send(ctx.request(), isAuthenticated(ctx), response)
        .onSuccess(
            sent -> {
              if (ctx.get(COUNTED_IN_FLIGHT, false)) {
                addInFlight(ctx, -1);
              }
              deadlines.onResponseSent(ctx.request().connection());
            });
  }

  private void addInFlight(RoutingContext ctx, int more) {
    if (isAuthenticated(ctx)) {
      responsesInFlight += more;
    } else {
      unsignedResponsesInFlight += more;
    }
  }

  private static boolean isAuthenticated(RoutingContext ctx) {
    return ctx.get(SENDER) != null;
  }
}
