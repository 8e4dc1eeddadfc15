package nara.mesh.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import nara.bounds.RateLimiter;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.event.json.GoJson;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.ledger.LedgerRequest;
import nara.mesh.ListenPort;
import nara.mesh.MeshConfig;
import nara.mesh.client.MeshClient;
import nara.mesh.wire.CheckpointList;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.PeerQueryResponse;
import nara.mesh.wire.PingResponse;
import nara.mesh.wire.RequestSignature;
import nara.mesh.wire.RequestSignature.AuthResult;
import nara.mesh.wire.SignatureHeaders;
import nara.mesh.wire.SyncRequest;
import nara.mesh.wire.SyncResponse;
import nara.trust.verifier.SignatureVerifier;

/**
 * Serves the mesh to other naras: who we are, the events we hold, whom we know.
 *
 * <p>What is asked behind the signature check is answered signed, whatever the status. Bodies are
 * built, hashed, signed and packed on workers; the ledger is asked over the bus.
 */
public final class MeshServerVerticle extends VerticleBase {
  /** Set on a request whose sender passed the check, to its name: the answer is signed. */
  private static final String SENDER = "nara.sender";

  /** Set on a request whose answer holds events, and counts until it is taken. */
  private static final String COUNTED_IN_FLIGHT = "nara.large";

  /** Set on a request from when its body is read. */
  private static final String READING_BODY = "nara.reading";

  private final Identity me;
  private final Keyring keys;
  private final MeshConfig config;
  private final SignatureVerifier signatureVerifier;
  private final InstantSource clock;
  private final PeerDirectory peerDirectory;
  private final ListenPort listenPort;

  private Bus bus;
  private WorkerExecutor workers;
  private MeshClient client;
  private SenderLookup senderLookup;
  private ResponseSender responseSender;
  private DeliveryHandler deliveryHandler;
  private ReconcileHandler reconcileHandler;
  private RateLimiter peerRateLimiter;
  private ConnectionDeadlines connectionDeadlines;
  private Router router;
  private HttpServer server;
  private int responsesInFlight;
  private int unsignedResponsesInFlight;
  private int importsInFlight;

  /**
   * A server for the mesh.
   *
   * @param keys read to check senders and to answer peer queries; learns the keys of senders
   * @param peerDirectory where others are
   * @param listenPort is told the port, once there is one
   */
  public MeshServerVerticle(
      Identity me,
      Keyring keys,
      MeshConfig config,
      SignatureVerifier signatureVerifier,
      InstantSource clock,
      PeerDirectory peerDirectory,
      ListenPort listenPort) {
    this.me = me;
    this.keys = keys;
    this.config = config;
    this.signatureVerifier = signatureVerifier;
    this.clock = clock;
    this.peerDirectory = peerDirectory;
    this.listenPort = listenPort;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    workers =
        vertx.createSharedWorkerExecutor(
            "nara-mesh-server", Runtime.getRuntime().availableProcessors());
    client = new MeshClient(vertx, me, keys, config, signatureVerifier, clock, listenPort, workers);
    senderLookup = new PingSenderLookup(client, keys, peerDirectory, clock);
    deliveryHandler = new DeliveryHandler(bus, me, keys, signatureVerifier, clock, workers);
    reconcileHandler = new ReconcileHandler(bus, me, clock, workers);
    peerRateLimiter =
        new RateLimiter(
            config.requestsPerSecond(),
            Duration.ofSeconds(1),
            config.requestsAtOnce(),
            System::nanoTime);
    responseSender = new ResponseSender(me, clock, config.gzip(), workers);
    connectionDeadlines = new ConnectionDeadlines(vertx);
    router = routes();
    server =
        vertx
            .createHttpServer(options())
            .connectionHandler(connectionDeadlines::onConnection)
            .requestHandler(
                request -> {
                  connectionDeadlines.onRequest(request);
                  router.handle(request);
                });
    return server.listen().onSuccess(open -> listenPort.set(open.actualPort()));
  }

  @Override
  public Future<?> stop() {
    listenPort.clear();
    return client
        .stop()
        .eventually(() -> server.shutdown(MeshLimits.SHUTDOWN_TIMEOUT))
        .eventually(workers::close);
  }

  private HttpServerOptions options() {
    HttpServerOptions options = new HttpServerOptions();
    options.setHost(config.host()).setPort(config.port());
    options.setMaxHeaderSize(MeshLimits.HEADER_BYTES);
    options.setMaxInitialLineLength(MeshLimits.LINE_BYTES);
    options.setHttp2ClearTextEnabled(false);
    options.setIdleTimeout((int) MeshLimits.REQUEST_TIMEOUT.toSeconds());
    return options;
  }

  private Router routes() {
    Router router = Router.router(vertx);
    publicGet(router, "/ping", this::onPing);
    publicGet(router, "/coordinates", this::onCoordinates);
    publicGet(router, "/peer/query", this::onPeerQuery);
    publicGet(router, "/api/checkpoints/all", this::onCheckpoints);
    signedPost(router, "/events/sync", this::onSync);
    signedPost(
        router,
        ReconcileHandler.RECONCILE_PATH,
        ctx -> respondToDelivery(ctx, reconcileHandler::onReconcile));
    signedPost(
        router,
        ReconcileHandler.FETCH_PATH,
        ctx -> respondToDelivery(ctx, reconcileHandler::onFetch));
    signedPost(router, "/gossip/zine", ctx -> respondToDelivery(ctx, deliveryHandler::onZine));
    signedPost(router, "/dm", ctx -> respondToDelivery(ctx, deliveryHandler::onEvent));
    ownerPost(
        router,
        EventImport.PATH,
        ctx -> respondToDelivery(ctx, (sender, body) -> deliveryHandler.onImport(body)));
    router.route().handler(ctx -> respond(ctx, MeshResponse.notFound()));
    // Else each request that is none (no host, half a percent sign, no path) would be a line in the
    // log.
    router.errorHandler(400, ctx -> respond(ctx, MeshResponse.text(400, "Bad request")));
    router.errorHandler(404, ctx -> respond(ctx, MeshResponse.notFound()));
    router.errorHandler(500, ctx -> respond(ctx, Future.failedFuture(ctx.failure())));
    return router;
  }

  /** All paths that are served. */
  public List<String> paths() {
    return router.getRoutes().stream()
        .map(Route::getPath)
        .filter(Objects::nonNull)
        .distinct()
        .toList();
  }

  /** A GET that anybody may make. */
  private void publicGet(
      Router router, String path, Function<RoutingContext, Future<MeshResponse>> onRequest) {
    router.get(path).handler(this::limitByAddress);
    router.get(path).handler(ctx -> respond(ctx, onRequest.apply(ctx)));
  }

  /** A POST that the owner has signed inside: anybody may send one, so few are held at once. */
  private void ownerPost(
      Router router, String path, Function<RoutingContext, Future<MeshResponse>> onRequest) {
    router.route(path).handler(this::requirePost).failureHandler(this::onFailure);
    router.route(path).handler(this::limitByAddress);
    router.route(path).handler(this::limitConcurrentImports);
    respondToBody(router, path, onRequest);
  }

  /** A POST whose sender is checked before its body is read. */
  private void signedPost(
      Router router, String path, Function<RoutingContext, Future<MeshResponse>> onRequest) {
    // A route each: within one route, vertx-web wants the body read before anybody is checked.
    router.route(path).handler(this::authenticateSender).failureHandler(this::onFailure);
    router.route(path).handler(this::requirePost);
    respondToBody(router, path, onRequest);
  }

  private void respondToBody(
      Router router, String path, Function<RoutingContext, Future<MeshResponse>> onRequest) {
    router.route(path).handler(ctx -> ctx.put(READING_BODY, true).next());
    router.route(path).handler(BodyHandler.create(false).setBodyLimit(config.maxRequestBytes()));
    router.route(path).handler(ctx -> respond(ctx, onRequest.apply(ctx)));
  }

  // Checks before a request is answered.

  /** Who is not known by a signature is known by its address. */
  private void limitByAddress(RoutingContext ctx) {
    String address = addressOf(ctx);
    if (peerRateLimiter.tryAcquire(address)) {
      ctx.next();
    } else {
      respond(ctx, MeshResponse.tooManyRequests(peerRateLimiter.retryAfterSeconds(address)));
    }
  }

  private void limitConcurrentImports(RoutingContext ctx) {
    if (importsInFlight >= MeshLimits.IMPORTS_IN_FLIGHT) {
      respond(ctx, MeshResponse.importRejected(503, "Too many imports at once"));
      return;
    }
    importsInFlight++;
    ctx.addEndHandler(ended -> importsInFlight--);
    ctx.next();
  }

  private void authenticateSender(RoutingContext ctx) {
    ctx.request().pause();
    if (peerRateLimiter.isExhausted(addressOf(ctx))) {
      // Its address has sent much that was refused: no signature is verified for it.
      respond(ctx, MeshResponse.tooManyRequests(peerRateLimiter.retryAfterSeconds(addressOf(ctx))));
      ctx.request().resume();
      return;
    }
    SignatureHeaders headers = SignatureHeaders.of(ctx.request().headers());
    authenticate(ctx, headers)
        .compose(
            authResult ->
                authResult instanceof AuthResult.UnknownSender unknownSender
                    ? lookUpSender(ctx, headers, unknownSender)
                    : Future.succeededFuture(authResult))
        .onSuccess(authResult -> onAuthResult(ctx, authResult))
        .onFailure(ctx::fail);
  }

  private Future<AuthResult> authenticate(RoutingContext ctx, SignatureHeaders headers) {
    String method = ctx.request().method().name();
    String path = ctx.request().path();
    return workers.executeBlocking(
        () ->
            RequestSignature.authenticate(
                headers, method, path, clock.instant(), this::keyOf, signatureVerifier),
        false);
  }

  private Future<AuthResult> lookUpSender(
      RoutingContext ctx, SignatureHeaders headers, AuthResult.UnknownSender unknownSender) {
    String host = addressOf(ctx);
    return senderLookup
        .learn(unknownSender.name(), host, claimedPort(ctx.request()))
        .compose(
            learned ->
                learned
                    ? authenticate(ctx, headers)
                    : Future.succeededFuture(unknownSender.asFailure()));
  }

  private void onAuthResult(RoutingContext ctx, AuthResult authResult) {
    switch (authResult) {
      case AuthResult.Authenticated authenticated -> {
        ctx.put(SENDER, authenticated.name());
        // A name may look like an address: names and addresses are counted apart.
        String key = "name " + authenticated.name();
        if (peerRateLimiter.tryAcquire(key)) {
          ctx.next();
        } else {
          respond(ctx, MeshResponse.tooManyRequests(peerRateLimiter.retryAfterSeconds(key)));
        }
      }
      case AuthResult.UnknownSender unknownSender -> rejectSender(ctx, unknownSender.asFailure());
      case AuthResult.AuthFailure authFailure -> rejectSender(ctx, authFailure);
    }
    // Not before somebody is there to take the body.
    ctx.request().resume();
  }

  private void rejectSender(RoutingContext ctx, AuthResult.AuthFailure authFailure) {
    peerRateLimiter.tryAcquire(addressOf(ctx));
    respond(ctx, MeshResponse.text(401, "Authentication failed: " + authFailure.reason()));
  }

  private void requirePost(RoutingContext ctx) {
    if (ctx.request().method().equals(HttpMethod.POST)) {
      ctx.next();
    } else {
      respond(ctx, MeshResponse.text(405, "Method not allowed"));
    }
  }

  private void onFailure(RoutingContext ctx) {
    if (ctx.statusCode() == 413) {
      respond(ctx, MeshResponse.text(413, "Request body too large"));
    } else if (ctx.get(READING_BODY, false) && !ctx.request().isEnded()) {
      // Whoever sends it has gone, or sends no HTTP: his trouble, and no line in the log.
      respond(ctx, MeshResponse.text(400, "Bad request"));
    } else {
      respond(ctx, Future.failedFuture(ctx.failure()));
    }
  }

  // Answers.

  private Future<MeshResponse> onPing(RoutingContext ctx) {
    return Future.succeededFuture(
        MeshResponse.json(
            PingResponse.write(me, listenPort.advertisedAddress(config), clock.instant())));
  }

  /**
   * This node takes no measurements for a place in network space, so it says what every node says
   * before its first one: the origin, as uncertain as can be.
   */
  private Future<MeshResponse> onCoordinates(RoutingContext ctx) {
    StringBuilder out =
        new StringBuilder(
            "{\"coordinates\":{\"x\":0,\"y\":0,\"height\":0.00001,\"error\":1},\"name\":");
    GoJson.appendString(out, me.name());
    return Future.succeededFuture(MeshResponse.json(out.append("}\n").toString().getBytes(UTF_8)));
  }

  private Future<MeshResponse> onPeerQuery(RoutingContext ctx) {
    String target = parameter(ctx, "target");
    if (target.isEmpty()) {
      return Future.succeededFuture(MeshResponse.text(400, "target parameter required"));
    }
    Optional<PublicKey> key = target.equals(me.name()) ? Optional.empty() : keys.byName(target);
    if (key.isPresent()) {
      String address = peerDirectory.addressOf(target).orElse("");
      return Future.succeededFuture(
          MeshResponse.plainJson(new PeerQueryResponse(target, key.get(), address).write()));
    }
    Set<String> asked =
        Arrays.stream(parameter(ctx, "asked").split(",")).collect(Collectors.toSet());
    return Future.succeededFuture(
        peerDirectory.reachableNames().stream()
            .filter(name -> !asked.contains(name))
            .filter(name -> !name.equals(target) && !name.equals(me.name()))
            .findFirst()
            .map(MeshResponse::redirectTo)
            .orElseGet(MeshResponse::notFound));
  }

  private Future<MeshResponse> onCheckpoints(RoutingContext ctx) {
    int offset = Math.max(0, intOrDefault(parameter(ctx, "offset"), 0));
    int asked = intOrDefault(parameter(ctx, "limit"), MeshLimits.DEFAULT_CHECKPOINTS);
    int limit =
        asked <= 0 ? MeshLimits.DEFAULT_CHECKPOINTS : Math.min(asked, MeshLimits.CHECKPOINTS);
    return withinInFlightLimit(
        ctx,
        () ->
            bus.request(
                    LedgerRequest.ADDRESS,
                    new LedgerRequest.ListCheckpoints(offset, limit),
                    Timeouts.PEER_QUERY)
                .compose(
                    page ->
                        onWorker(
                            () ->
                                CheckpointList.write(
                                    me.name(), page.events(), page.total(), offset, limit)))
                .map(MeshResponse::json));
  }

  private Future<MeshResponse> onSync(RoutingContext ctx) {
    SyncRequest request;
    try {
      request = SyncRequest.read(body(ctx));
    } catch (MeshException notJson) {
      return Future.succeededFuture(MeshResponse.text(400, "Invalid JSON"));
    }
    if (request.from().isEmpty()) {
      return Future.succeededFuture(MeshResponse.text(400, "from is required"));
    }
    long seconds = clock.instant().getEpochSecond();
    return withinInFlightLimit(
        ctx,
        () ->
            bus.request(
                    LedgerRequest.ADDRESS,
                    new LedgerRequest.QueryEvents(request.toQuery(me.name(), seconds)),
                    Timeouts.PEER_QUERY)
                .compose(
                    found ->
                        onWorker(
                            () ->
                                SyncResponse.write(
                                    me, found.events(), found.nextCursor(), seconds)))
                .map(MeshResponse::json));
  }

  private Future<MeshResponse> respondToDelivery(
      RoutingContext ctx, BiFunction<String, byte[], Future<MeshResponse>> onDelivery) {
    return withinInFlightLimit(ctx, () -> onDelivery.apply(ctx.get(SENDER, ""), body(ctx)));
  }

  private static byte[] body(RoutingContext ctx) {
    return ctx.body().buffer() == null ? new byte[0] : ctx.body().buffer().getBytes();
  }

  private Future<MeshResponse> withinInFlightLimit(
      RoutingContext ctx, Supplier<Future<MeshResponse>> reply) {
    boolean full =
        isAuthenticated(ctx)
            ? responsesInFlight >= MeshLimits.RESPONSES_IN_FLIGHT
            : unsignedResponsesInFlight >= MeshLimits.UNSIGNED_RESPONSES_IN_FLIGHT;
    if (full) {
      return Future.succeededFuture(MeshResponse.text(503, "Too many requests at once"));
    }
    addInFlight(ctx, 1);
    ctx.put(COUNTED_IN_FLIGHT, true);
    return reply.get();
  }

  private void respond(RoutingContext ctx, MeshResponse meshResponse) {
    respond(ctx, Future.succeededFuture(meshResponse));
  }

  private void respond(RoutingContext ctx, Future<MeshResponse> reply) {
    responseSender
        .send(ctx.request(), isAuthenticated(ctx), reply)
        .onSuccess(taken -> onResponseSent(ctx));
  }

  private void onResponseSent(RoutingContext ctx) {
    if (ctx.get(COUNTED_IN_FLIGHT, false)) {
      addInFlight(ctx, -1);
    }
    connectionDeadlines.onResponseSent(ctx.request().connection());
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

  private <T> Future<T> onWorker(Callable<T> work) {
    return workers.executeBlocking(work, false);
  }

  private Optional<PublicKey> keyOf(String name) {
    return name.equals(me.name()) ? Optional.of(me.keys().publicKey()) : keys.byName(name);
  }

  private static String addressOf(RoutingContext ctx) {
    return ctx.request().remoteAddress().hostAddress();
  }

  private static OptionalInt claimedPort(HttpServerRequest request) {
    int port = intOrDefault(String.valueOf(request.getHeader(MeshClient.PORT_HEADER)), 0);
    return port < 1 || port > 65_535 ? OptionalInt.empty() : OptionalInt.of(port);
  }

  private static String parameter(RoutingContext ctx, String name) {
    try {
      String value = ctx.request().getParam(name);
      return value == null ? "" : value;
    } catch (IllegalArgumentException halfAPercentSign) {
      return "";
    }
  }

  private static int intOrDefault(String text, int otherwise) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException notANumber) {
      return otherwise;
    }
  }
}
