package nara.mesh;

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
import nara.bus.Bus;
import nara.event.GoJson;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.ledger.LedgerRequest;
import nara.mesh.RequestSignature.Judgement;
import nara.trust.Verifier;

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
  private static final String LARGE = "nara.large";

  /** Set on a request from when its body is read. */
  private static final String READING = "nara.reading";

  private final Identity me;
  private final Keyring keys;
  private final MeshConfig config;
  private final Verifier verifier;
  private final InstantSource clock;
  private final Directory directory;
  private final Listening listening;

  private Bus bus;
  private WorkerExecutor workers;
  private MeshClient client;
  private SenderLookup senders;
  private ReplySender sender;
  private Deliveries deliveries;
  private Comparing comparing;
  private Quota quota;
  private Patience patience;
  private Router router;
  private HttpServer server;
  private int answersUnderWay;
  private int answersToStrangersUnderWay;
  private int importsUnderWay;

  /**
   * A server for the mesh.
   *
   * @param keys read to check senders and to answer peer queries; learns the keys of senders
   * @param directory where others are
   * @param listening is told the port, once there is one
   */
  public MeshServerVerticle(
      Identity me,
      Keyring keys,
      MeshConfig config,
      Verifier verifier,
      InstantSource clock,
      Directory directory,
      Listening listening) {
    this.me = me;
    this.keys = keys;
    this.config = config;
    this.verifier = verifier;
    this.clock = clock;
    this.directory = directory;
    this.listening = listening;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    workers =
        vertx.createSharedWorkerExecutor(
            "nara-mesh-server", Runtime.getRuntime().availableProcessors());
    client = new MeshClient(vertx, me, keys, config, verifier, clock, listening, workers);
    senders = new PingingLookup(client, keys, directory, clock);
    deliveries = new Deliveries(bus, me, keys, verifier, clock, workers);
    comparing = new Comparing(bus, me, clock, workers);
    quota = new Quota(config.requestsPerSecond(), config.requestsAtOnce(), System::nanoTime);
    sender = new ReplySender(me, clock, config.gzip(), workers);
    patience = new Patience(vertx);
    router = routes();
    server =
        vertx
            .createHttpServer(options())
            .connectionHandler(patience::onConnection)
            .requestHandler(
                request -> {
                  patience.onRequest(request);
                  router.handle(request);
                });
    return server.listen().onSuccess(open -> listening.opened(open.actualPort()));
  }

  @Override
  public Future<?> stop() {
    listening.closed();
    return client
        .stop()
        .eventually(() -> server.shutdown(MeshLimits.SHUTDOWN_TIME))
        .eventually(workers::close);
  }

  private HttpServerOptions options() {
    HttpServerOptions options = new HttpServerOptions();
    options.setHost(config.host()).setPort(config.port());
    options.setMaxHeaderSize(MeshLimits.HEADER_BYTES);
    options.setMaxInitialLineLength(MeshLimits.LINE_BYTES);
    options.setHttp2ClearTextEnabled(false);
    options.setIdleTimeout((int) MeshLimits.REQUEST_TIME.toSeconds());
    return options;
  }

  private Router routes() {
    Router router = Router.router(vertx);
    open(router, "/ping", this::onPing);
    open(router, "/coordinates", this::onCoordinates);
    open(router, "/peer/query", this::onPeerQuery);
    open(router, "/api/checkpoints/all", this::onCheckpoints);
    checked(router, "/events/sync", this::onSync);
    checked(router, Comparing.RECONCILE, ctx -> onBody(ctx, comparing::answer));
    checked(router, Comparing.FETCH, ctx -> onBody(ctx, comparing::fetch));
    checked(router, "/gossip/zine", ctx -> onBody(ctx, deliveries::zine));
    checked(router, "/dm", ctx -> onBody(ctx, deliveries::message));
    owners(router, Import.PATH, ctx -> onBody(ctx, (sender, body) -> deliveries.restore(body)));
    router.route().handler(ctx -> answer(ctx, Reply.notFound()));
    // Else each request that is none (no host, half a percent sign, no path) would be a line in the
    // log.
    router.errorHandler(400, ctx -> answer(ctx, Reply.text(400, "Bad request")));
    router.errorHandler(404, ctx -> answer(ctx, Reply.notFound()));
    router.errorHandler(500, ctx -> answer(ctx, Future.failedFuture(ctx.failure())));
    return router;
  }

  /** All paths that are served. */
  List<String> paths() {
    return router.getRoutes().stream()
        .map(Route::getPath)
        .filter(Objects::nonNull)
        .distinct()
        .toList();
  }

  /** A GET that anybody may make. */
  private void open(Router router, String path, Function<RoutingContext, Future<Reply>> onRequest) {
    router.get(path).handler(this::onStranger);
    router.get(path).handler(ctx -> answer(ctx, onRequest.apply(ctx)));
  }

  /** A POST that the owner has signed inside: anybody may send one, so few are held at once. */
  private void owners(
      Router router, String path, Function<RoutingContext, Future<Reply>> onRequest) {
    router.route(path).handler(this::onMethod).failureHandler(this::onFailure);
    router.route(path).handler(this::onStranger);
    router.route(path).handler(this::onImport);
    answerBody(router, path, onRequest);
  }

  /** A POST whose sender is checked before its body is read. */
  private void checked(
      Router router, String path, Function<RoutingContext, Future<Reply>> onRequest) {
    // A route each: within one route, vertx-web wants the body read before anybody is checked.
    router.route(path).handler(this::onSender).failureHandler(this::onFailure);
    router.route(path).handler(this::onMethod);
    answerBody(router, path, onRequest);
  }

  private void answerBody(
      Router router, String path, Function<RoutingContext, Future<Reply>> onRequest) {
    router.route(path).handler(ctx -> ctx.put(READING, true).next());
    router.route(path).handler(BodyHandler.create(false).setBodyLimit(config.maxRequestBytes()));
    router.route(path).handler(ctx -> answer(ctx, onRequest.apply(ctx)));
  }

  // Checks before a request is answered.

  /** Who is not known by a signature is known by its address. */
  private void onStranger(RoutingContext ctx) {
    String address = addressOf(ctx);
    if (quota.take(address)) {
      ctx.next();
    } else {
      answer(ctx, Reply.tooMany(quota.secondsUntilNext(address)));
    }
  }

  private void onImport(RoutingContext ctx) {
    if (importsUnderWay >= MeshLimits.IMPORTS_AT_ONCE) {
      answer(ctx, Reply.importRefused(503, "Too many imports at once"));
      return;
    }
    importsUnderWay++;
    ctx.addEndHandler(ended -> importsUnderWay--);
    ctx.next();
  }

  private void onSender(RoutingContext ctx) {
    ctx.request().pause();
    if (quota.empty(addressOf(ctx))) {
      // Its address has sent much that was refused: no signature is verified for it.
      answer(ctx, Reply.tooMany(quota.secondsUntilNext(addressOf(ctx))));
      ctx.request().resume();
      return;
    }
    SignedHeaders headers = SignedHeaders.of(ctx.request().headers());
    judge(ctx, headers)
        .compose(
            judgement ->
                judgement instanceof Judgement.Stranger stranger
                    ? lookUp(ctx, headers, stranger)
                    : Future.succeededFuture(judgement))
        .onSuccess(judgement -> onJudged(ctx, judgement))
        .onFailure(ctx::fail);
  }

  private Future<Judgement> judge(RoutingContext ctx, SignedHeaders headers) {
    String method = ctx.request().method().name();
    String path = ctx.request().path();
    return workers.executeBlocking(
        () -> RequestSignature.judge(headers, method, path, clock.instant(), this::keyOf, verifier),
        false);
  }

  private Future<Judgement> lookUp(
      RoutingContext ctx, SignedHeaders headers, Judgement.Stranger stranger) {
    String host = addressOf(ctx);
    return senders
        .learn(stranger.name(), host, toldPort(ctx.request()))
        .compose(
            learned -> learned ? judge(ctx, headers) : Future.succeededFuture(stranger.refused()));
  }

  private void onJudged(RoutingContext ctx, Judgement judgement) {
    switch (judgement) {
      case Judgement.Accepted accepted -> {
        ctx.put(SENDER, accepted.name());
        // A name may look like an address: names and addresses are counted apart.
        String who = "name " + accepted.name();
        if (quota.take(who)) {
          ctx.next();
        } else {
          answer(ctx, Reply.tooMany(quota.secondsUntilNext(who)));
        }
      }
      case Judgement.Stranger stranger -> refuse(ctx, stranger.refused());
      case Judgement.Refused refused -> refuse(ctx, refused);
    }
    // Not before somebody is there to take the body.
    ctx.request().resume();
  }

  private void refuse(RoutingContext ctx, Judgement.Refused refused) {
    quota.take(addressOf(ctx));
    answer(ctx, Reply.text(401, "Authentication failed: " + refused.reason()));
  }

  private void onMethod(RoutingContext ctx) {
    if (ctx.request().method().equals(HttpMethod.POST)) {
      ctx.next();
    } else {
      answer(ctx, Reply.text(405, "Method not allowed"));
    }
  }

  private void onFailure(RoutingContext ctx) {
    if (ctx.statusCode() == 413) {
      answer(ctx, Reply.text(413, "Request body too large"));
    } else if (ctx.get(READING, false) && !ctx.request().isEnded()) {
      // Whoever sends it has gone, or sends no HTTP: his trouble, and no line in the log.
      answer(ctx, Reply.text(400, "Bad request"));
    } else {
      answer(ctx, Future.failedFuture(ctx.failure()));
    }
  }

  // Answers.

  private Future<Reply> onPing(RoutingContext ctx) {
    return Future.succeededFuture(
        Reply.json(PingAnswer.write(me, listening.advertised(config), clock.instant())));
  }

  /**
   * This node takes no measurements for a place in network space, so it says what every node says
   * before its first one: the origin, as uncertain as can be.
   */
  private Future<Reply> onCoordinates(RoutingContext ctx) {
    StringBuilder out =
        new StringBuilder(
            "{\"coordinates\":{\"x\":0,\"y\":0,\"height\":0.00001,\"error\":1},\"name\":");
    GoJson.text(out, me.name());
    return Future.succeededFuture(Reply.json(out.append("}\n").toString().getBytes(UTF_8)));
  }

  private Future<Reply> onPeerQuery(RoutingContext ctx) {
    String target = parameter(ctx, "target");
    if (target.isEmpty()) {
      return Future.succeededFuture(Reply.text(400, "target parameter required"));
    }
    Optional<PublicKey> key = target.equals(me.name()) ? Optional.empty() : keys.byName(target);
    if (key.isPresent()) {
      String address = directory.addressOf(target).orElse("");
      return Future.succeededFuture(
          Reply.plainJson(new PeerQueryAnswer(target, key.get(), address).write()));
    }
    Set<String> asked =
        Arrays.stream(parameter(ctx, "asked").split(",")).collect(Collectors.toSet());
    return Future.succeededFuture(
        directory.reachable().stream()
            .filter(name -> !asked.contains(name))
            .filter(name -> !name.equals(target) && !name.equals(me.name()))
            .findFirst()
            .map(Reply::askOther)
            .orElseGet(Reply::notFound));
  }

  private Future<Reply> onCheckpoints(RoutingContext ctx) {
    int offset = Math.max(0, whole(parameter(ctx, "offset"), 0));
    int asked = whole(parameter(ctx, "limit"), MeshLimits.CHECKPOINTS_BY_DEFAULT);
    int limit =
        asked <= 0 ? MeshLimits.CHECKPOINTS_BY_DEFAULT : Math.min(asked, MeshLimits.CHECKPOINTS);
    return withRoom(
        ctx,
        () ->
            bus.ask(
                    LedgerRequest.ADDRESS,
                    new LedgerRequest.Checkpoints(offset, limit),
                    MeshLimits.LEDGER_TIME)
                .compose(
                    page ->
                        onWorker(
                            () ->
                                CheckpointList.write(
                                    me.name(), page.events(), page.total(), offset, limit)))
                .map(Reply::json));
  }

  private Future<Reply> onSync(RoutingContext ctx) {
    SyncRequest request;
    try {
      request = SyncRequest.read(body(ctx));
    } catch (MeshTrouble notJson) {
      return Future.succeededFuture(Reply.text(400, "Invalid JSON"));
    }
    if (request.from().isEmpty()) {
      return Future.succeededFuture(Reply.text(400, "from is required"));
    }
    long seconds = clock.instant().getEpochSecond();
    return withRoom(
        ctx,
        () ->
            bus.ask(
                    LedgerRequest.ADDRESS,
                    new LedgerRequest.Ask(request.query(me.name(), seconds)),
                    MeshLimits.LEDGER_TIME)
                .compose(
                    found ->
                        onWorker(
                            () ->
                                SyncAnswer.write(me, found.events(), found.nextCursor(), seconds)))
                .map(Reply::json));
  }

  private Future<Reply> onBody(
      RoutingContext ctx, BiFunction<String, byte[], Future<Reply>> onDelivery) {
    return withRoom(ctx, () -> onDelivery.apply(ctx.get(SENDER, ""), body(ctx)));
  }

  private static byte[] body(RoutingContext ctx) {
    return ctx.body().buffer() == null ? new byte[0] : ctx.body().buffer().getBytes();
  }

  private Future<Reply> withRoom(RoutingContext ctx, Supplier<Future<Reply>> reply) {
    boolean full =
        isChecked(ctx)
            ? answersUnderWay >= MeshLimits.ANSWERS_AT_ONCE
            : answersToStrangersUnderWay >= MeshLimits.ANSWERS_TO_STRANGERS_AT_ONCE;
    if (full) {
      return Future.succeededFuture(Reply.text(503, "Too many requests at once"));
    }
    count(ctx, 1);
    ctx.put(LARGE, true);
    return reply.get();
  }

  private void answer(RoutingContext ctx, Reply reply) {
    answer(ctx, Future.succeededFuture(reply));
  }

  private void answer(RoutingContext ctx, Future<Reply> reply) {
    sender.send(ctx.request(), isChecked(ctx), reply).onSuccess(taken -> onAnswered(ctx));
  }

  private void onAnswered(RoutingContext ctx) {
    if (ctx.get(LARGE, false)) {
      count(ctx, -1);
    }
    patience.onAnswered(ctx.request().connection());
  }

  private void count(RoutingContext ctx, int more) {
    if (isChecked(ctx)) {
      answersUnderWay += more;
    } else {
      answersToStrangersUnderWay += more;
    }
  }

  private static boolean isChecked(RoutingContext ctx) {
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

  private static OptionalInt toldPort(HttpServerRequest request) {
    int port = whole(String.valueOf(request.getHeader(MeshClient.PORT)), 0);
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

  private static int whole(String text, int otherwise) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException notANumber) {
      return otherwise;
    }
  }
}
