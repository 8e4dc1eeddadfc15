package nara.mesh.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
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
import nara.mesh.PingClient;
import nara.mesh.wire.CheckpointList;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.PeerQueryResponse;
import nara.mesh.wire.PingResponse;
import nara.mesh.wire.RequestSignature;
import nara.mesh.wire.RequestSignature.AuthResult;
import nara.mesh.wire.SignatureHeaders;
import nara.mesh.wire.SyncRequest;
import nara.mesh.wire.SyncResponse;
import nara.trust.verifier.SignatureVerifier;

/**
 * Serves the mesh to other naras: this node's identity, its events, the keys that it knows.
 *
 * <p>A request whose sender passed the signature check gets a signed response, whatever the status.
 * Workers build, hash, sign and compress bodies; the ledger is queried over the bus.
 */
public final class MeshServerVerticle extends VerticleBase {
  // Attributes of a request.

  /** The name of the sender, once its signature is verified: the response is signed. */
  private static final String SENDER = "nara.sender";

  /** Whether the response holds events, and counts as in flight until it is sent. */
  private static final String COUNTED_IN_FLIGHT = "nara.large";

  /** Whether the server has begun to read the body. */
  private static final String READING_BODY = "nara.reading";

  private final Identity me;
  private final Keyring keys;
  private final MeshConfig config;
  private final SignatureVerifier signatureVerifier;
  private final InstantSource clock;
  private final PeerDirectory peerDirectory;
  private final ListenPort listenPort;
  private final Function<Vertx, PingClient> pingClients;

  private Bus bus;
  private WorkerExecutor workers;
  private PingClient pingClient;
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
   * The server of one node.
   *
   * @param keys authenticate senders and answer peer queries; they learn the keys of senders
   * @param peerDirectory the addresses of other naras
   * @param listenPort receives the port, once the server listens
   * @param pingClients makes the client that pings unknown senders
   */
  public MeshServerVerticle(
      Identity me,
      Keyring keys,
      MeshConfig config,
      SignatureVerifier signatureVerifier,
      InstantSource clock,
      PeerDirectory peerDirectory,
      ListenPort listenPort,
      Function<Vertx, PingClient> pingClients) {
    this.me = me;
    this.keys = keys;
    this.config = config;
    this.signatureVerifier = signatureVerifier;
    this.clock = clock;
    this.peerDirectory = peerDirectory;
    this.listenPort = listenPort;
    this.pingClients = pingClients;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    workers =
        vertx.createSharedWorkerExecutor(
            "nara-mesh-server", Runtime.getRuntime().availableProcessors());
    pingClient = pingClients.apply(vertx);
    senderLookup = new SenderLookup(pingClient, keys, peerDirectory, clock);
    deliveryHandler =
        new DeliveryHandler(bus, me, keys, this::keyOf, signatureVerifier, clock, workers);
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
    return pingClient
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
    publicGet(router, MeshPaths.PING, this::onPing);
    publicGet(router, MeshPaths.COORDINATES, this::onCoordinates);
    publicGet(router, MeshPaths.PEER_QUERY, this::onPeerQuery);
    publicGet(router, MeshPaths.CHECKPOINTS, this::onCheckpoints);
    signedPost(router, MeshPaths.SYNC, this::onSync);
    signedPost(router, MeshPaths.RECONCILE, ctx -> onDelivery(ctx, reconcileHandler::onReconcile));
    signedPost(router, MeshPaths.FETCH, ctx -> onDelivery(ctx, reconcileHandler::onFetch));
    signedPost(router, MeshPaths.ZINE, ctx -> onDelivery(ctx, deliveryHandler::onZine));
    signedPost(router, MeshPaths.SEND_EVENT, ctx -> onDelivery(ctx, deliveryHandler::onEvent));
    ownerPost(router, MeshPaths.IMPORT, ctx -> onDelivery(ctx, deliveryHandler::onImport));
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
  private void publicGet(
      Router router, String path, Function<RoutingContext, Future<MeshResponse>> onRequest) {
    router.get(path).handler(this::limitByAddress);
    router.get(path).handler(ctx -> respond(ctx, onRequest.apply(ctx)));
  }

  /** A POST with the owner's signature in its body. Anybody can send one: few are read at once. */
  private void ownerPost(
      Router router, String path, Function<RoutingContext, Future<MeshResponse>> onRequest) {
    router.route(path).handler(this::requirePost).failureHandler(this::onFailure);
    router.route(path).handler(this::limitByAddress);
    router.route(path).handler(this::limitConcurrentImports);
    respondToBody(router, path, onRequest);
  }

  /** A POST whose sender is authenticated before the server reads the body. */
  private void signedPost(
      Router router, String path, Function<RoutingContext, Future<MeshResponse>> onRequest) {
    // Separate routes: within one route, vertx-web wants the body handler first.
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

  // Checks before a request is processed.

  private void limitByAddress(RoutingContext ctx) {
    limitRate(ctx, addressOf(ctx));
  }

  private void limitRate(RoutingContext ctx, String key) {
    if (peerRateLimiter.tryAcquire(key)) {
      ctx.next();
    } else {
      rejectByRate(ctx, key);
    }
  }

  private void rejectByRate(RoutingContext ctx, String key) {
    respond(ctx, MeshResponse.tooManyRequests(peerRateLimiter.retryAfterSeconds(key)));
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
      // Many requests of this address were rejected: it costs no more signature checks.
      rejectByRate(ctx, addressOf(ctx));
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
        // A name may look like an address: the prefix keeps their counts apart.
        limitRate(ctx, "name " + authenticated.name());
      }
      case AuthResult.UnknownSender unknownSender -> rejectSender(ctx, unknownSender.asFailure());
      case AuthResult.AuthFailure authFailure -> rejectSender(ctx, authFailure);
    }
    // Only now does a handler wait for the body.
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
      // The sender hung up or sends no HTTP: that is no error of ours, so it is not logged.
      respond(ctx, MeshResponse.text(400, "Bad request"));
    } else {
      respond(ctx, Future.failedFuture(ctx.failure()));
    }
  }

  // Endpoints.

  private Future<MeshResponse> onPing(RoutingContext ctx) {
    return Future.succeededFuture(
        MeshResponse.json(
            PingResponse.write(me, listenPort.advertisedAddress(config), clock.instant())));
  }

  /** This node measures no coordinates. It sends what every node sends before measuring. */
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

  private Future<MeshResponse> onDelivery(
      RoutingContext ctx, BiFunction<String, byte[], Future<MeshResponse>> handler) {
    return withinInFlightLimit(ctx, () -> handler.apply(ctx.get(SENDER, ""), body(ctx)));
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
        .onSuccess(
            sent -> {
              if (ctx.get(COUNTED_IN_FLIGHT, false)) {
                addInFlight(ctx, -1);
              }
              connectionDeadlines.onResponseSent(ctx.request().connection());
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
    int port = intOrDefault(String.valueOf(request.getHeader(MeshPaths.PORT_HEADER)), 0);
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
