package nara.web;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import nara.bounds.SafeText;
import nara.bus.Bus;
import nara.bus.BusFailure;
import nara.bus.Timeouts;
import nara.cluster.ClusterRequest;
import nara.identity.Keyring;
import nara.log.LogConfig;
import nara.log.LogSetup;
import nara.mesh.server.InvalidHead;
import nara.mesh.wire.PeerAddress;
import nara.metrics.MetricsRegistry;
import nara.recovery.RecoveryRequest;
import nara.recovery.report.ReportJson;
import nara.status.NodeFacts;
import nara.status.NodeStatus;
import nara.status.NodeStatusReader;
import nara.status.SocialState;
import nara.trust.TrustRequest;
import nara.web.http.CrossOrigin;
import nara.web.http.ReadRoutes;
import nara.web.inspector.CheckpointRoutes;
import nara.web.inspector.EventRoutes;
import nara.web.inspector.HistogramRoute;
import nara.web.inspector.ProjectionRoutes;
import nara.web.page.PageRoutes;
import nara.web.reference.MapRoutes;
import nara.web.reference.NaraRoutes;
import nara.web.reference.NetworkReader;
import nara.web.reference.SocialRoutes;
import nara.web.stream.EventStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The management port, by default on loopback. It opens before all other parts, so an operator sees
 * the node from its first second. Only {@code POST /recover}, {@code POST /log}, {@code POST
 * /world/start} and the stash change something. The others read:
 *
 * <ul>
 *   <li>{@code /health} or {@code /health/live}: whether the process works
 *   <li>{@code /ready} or {@code /health/ready}: whether the node is ready, with all checks
 *   <li>{@code /status}: the state of all parts
 *   <li>{@code /metrics}: the same for Prometheus
 *   <li>{@code /report}: the story of the recovery
 *   <li>{@code /counts}: the counters of all parts
 *   <li>{@code /cluster}: members, leader, term
 *   <li>{@code /trust}: verdicts, contested names, quarantine, refusals
 *   <li>{@code /configuration}: the effective one, for programs on this machine
 *   <li>{@code /}: the page for people
 *   <li>{@code /openapi.json}: a description of all paths
 *   <li>the reference's pages, for programs that know those: see {@code docs/web.md}
 * </ul>
 */
public final class WebVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(WebVerticle.class);

  private final WebOptions options;
  private final ControlAccess access;
  private final HostCheck hostCheck;
  private final NodeFacts facts;
  private final Keyring keys;

  private Bus bus;
  private NodeStatusReader reader;
  private Router router;
  private HttpServer server;
  private WebConnections connections;
  private EventStream stream;

  /** Null until the first scrape; only the ordered worker of this context uses it. */
  private MetricsRegistry metrics;

  /**
   * @param keys to show whose votes back a checkpoint
   */
  public WebVerticle(WebOptions options, NodeFacts facts, Keyring keys) {
    this.options = options;
    this.access = new ControlAccess(options.token());
    this.hostCheck = new HostCheck(options.host());
    this.facts = facts;
    this.keys = keys;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    reader = new NodeStatusReader(bus, facts);
    router = Router.router(vertx);
    router.route().handler(this::answerHeadAsGet);
    router.get("/health").handler(this::onHealth);
    router.get("/health/live").handler(this::onHealth);
    router.get("/ready").handler(this::onReady);
    router.get("/health/ready").handler(this::onReady);
    router.get("/status").handler(this::onStatus);
    router.get("/metrics").handler(this::onMetrics);
    router.get("/report").handler(this::onReport);
    router.get("/counts").handler(this::onCounts);
    router.get("/cluster").handler(this::onCluster);
    router.get("/trust").handler(this::onTrust);
    router.get("/configuration").handler(access::requireReader).handler(this::onConfiguration);
    router.get("/openapi.json").handler(new OpenApi()::serve);
    new PageRoutes().addTo(router);
    CrossOrigin crossOrigin = new CrossOrigin(options.origins());
    new StashRoutes(bus, access).mount(router);
    new JourneyRoutes(bus, facts.name(), access, crossOrigin).addTo(router);
    addReferenceRoutes(new ReadRoutes(router, crossOrigin));
    router.post("/recover").handler(access::require).handler(this::recover);
    router.post("/log").handler(access::require).handler(this::setLogLevel);
    router.errorHandler(400, context -> sendError(context, 400, "the request is malformed"));
    router.errorHandler(404, this::onUnknownPath);
    router.errorHandler(405, this::onWrongMethod);
    router.errorHandler(500, this::onDefect);
    // Without an upgrade to HTTP/2, in which a large response fails.
    HttpServerOptions plain =
        new HttpServerOptions()
            .setHttp2ClearTextEnabled(false)
            .setIdleTimeout((int) WebLimits.IDLE_TIMEOUT.toSeconds());
    connections =
        new WebConnections(vertx, WebLimits.MAX_CONNECTIONS, WebLimits.HEAD_TIMEOUT.toMillis());
    server =
        vertx
            .createHttpServer(plain)
            .connectionHandler(connections::onConnection)
            .invalidRequestHandler(
                request -> InvalidHead.refuse(request, "application/json", WebVerticle::error))
            .requestHandler(this::onHttpRequest);
    return server
        .listen(options.port(), options.host())
        .onSuccess(
            open ->
                LOG.info(
                    "Management port open: http://{}",
                    new PeerAddress(options.host(), open.actualPort())));
  }

  @Override
  public Future<?> stop() {
    return server
        .shutdown(1, TimeUnit.SECONDS)
        .eventually(
            () ->
                vertx.executeBlocking(
                    () -> {
                      if (metrics != null) {
                        metrics.close();
                      }
                      return null;
                    }));
  }

  /** Forbids caching and guessing of types: every response is current state. */
  private void onHttpRequest(HttpServerRequest request) {
    request
        .response()
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Content-Type-Options", "nosniff");
    connections.onRequest(request);
    request.response().endHandler(sent -> connections.onResponse(request));
    Optional<String> refusal = hostCheck.refusal(request);
    if (refusal.isEmpty()) {
      router.handle(request);
      return;
    }
    request
        .response()
        .setStatusCode(403)
        .putHeader("Content-Type", "application/json")
        .end(error(refusal.get()));
  }

  private static String error(String sentence) {
    return new JsonObject().put("error", sentence).encode() + "\n";
  }

  /** Monitors ask for the head alone. The server leaves out the body of the response. */
  private void answerHeadAsGet(RoutingContext context) {
    // The stream of events has no end, so its head would keep a place of a client.
    if (context.request().method() == HttpMethod.HEAD && !EventStream.isPath(context)) {
      String query = context.request().query();
      context.reroute(
          HttpMethod.GET, context.normalizedPath() + (query == null ? "" : '?' + query));
    } else {
      context.next();
    }
  }

  private void onHealth(RoutingContext context) {
    Optional<String> reason = facts.verifier().tripReason();
    JsonObject health =
        new JsonObject()
            .put("status", reason.isEmpty() ? "up" : "failed")
            .put("name", facts.name());
    reason.ifPresent(text -> health.put("reason", text));
    send(context, reason.isEmpty() ? 200 : 503, health);
  }

  private void onReady(RoutingContext context) {
    reader
        .read()
        .onSuccess(
            status -> {
              boolean ready = status.notReadyReason().isEmpty();
              JsonObject state =
                  new JsonObject()
                      .put("ready", ready)
                      .put("stage", StatusJson.stage(status))
                      .put("outcome", StatusJson.outcome(status));
              status.notReadyReason().ifPresent(text -> state.put("reason", text));
              List<String> notes = facts.notes().get();
              if (!notes.isEmpty()) {
                state.put("notes", new JsonArray(notes));
              }
              state.put("checks", StatusJson.checks(status));
              send(context, ready ? 200 : 503, state);
            });
  }

  private void onStatus(RoutingContext context) {
    reader.read().onSuccess(status -> send(context, 200, StatusJson.of(status)));
  }

  private void onMetrics(RoutingContext context) {
    String accept = Objects.requireNonNullElse(context.request().getHeader("Accept"), "");
    Future<SocialState> social = SocialState.read(bus);
    Future<NodeStatus> state = reader.read();
    Future.all(state, social)
        .compose(
            both -> {
              int clients = stream.clientCount();
              return vertx.executeBlocking(
                  () -> scrape(state.result(), social.result(), clients, accept));
            })
        .onSuccess(
            scrape ->
                context
                    .response()
                    .putHeader("Content-Type", scrape.contentType())
                    .end(scrape.text()))
        .onFailure(context::fail);
  }

  private MetricsRegistry.Scrape scrape(
      NodeStatus status, SocialState social, int streamClients, String accept) {
    if (metrics == null) {
      metrics = new MetricsRegistry();
    }
    return metrics.scrape(status, social, streamClients, accept);
  }

  private void onReport(RoutingContext context) {
    bus.request(RecoveryRequest.ADDRESS, new RecoveryRequest.GetRecoveryReport(), Timeouts.STATUS)
        .onSuccess(current -> send(context, 200, ReportJson.write(current.report())))
        .onFailure(
            failure -> sendError(context, 503, "no recovery: the node is starting or stopping"));
  }

  private void onCounts(RoutingContext context) {
    CountsJson.fetch(bus).onSuccess(counts -> send(context, 200, counts));
  }

  private void onCluster(RoutingContext context) {
    bus.request(ClusterRequest.ADDRESS, new ClusterRequest.GetClusterStatus(), Timeouts.STATUS)
        .onSuccess(state -> send(context, 200, ClusterJson.of(state)))
        .onFailure(failure -> sendError(context, 404, "the node is in no cluster"));
  }

  private void onTrust(RoutingContext context) {
    Future<Optional<TrustRequest.UnknownEmitters>> unknown =
        bus.request(TrustRequest.ADDRESS, new TrustRequest.ListUnknownEmitters(), Timeouts.STATUS)
            .map(Optional::of)
            .otherwise(Optional.empty());
    reader
        .read()
        .compose(status -> unknown.map(waiting -> TrustJson.of(status, waiting)))
        .onSuccess(trust -> send(context, 200, trust))
        .onFailure(context::fail);
  }

  private void onConfiguration(RoutingContext context) {
    send(context, 200, options.configuration());
  }

  private void setLogLevel(RoutingContext context) {
    String logger = Objects.requireNonNullElse(context.request().getParam("logger"), "");
    String level = Objects.requireNonNullElse(context.request().getParam("level"), "");
    Optional<LogConfig.LogLevel> known =
        Stream.of(LogConfig.LogLevel.values()).filter(l -> l.label().equals(level)).findFirst();
    if (known.isEmpty() || !LogConfig.isLoggerName(logger)) {
      sendError(
          context, 400, "expected /log?logger=PACKAGE&level=debug, or info, warn, error, off");
      return;
    }
    LogSetup.setLevel(logger, known.get());
    LOG.info("Changed the level of a logger; logger={} level={}", logger, level);
    send(context, 200, new JsonObject().put("logger", logger).put("level", level));
  }

  private void recover(RoutingContext context) {
    bus.request(RecoveryRequest.ADDRESS, new RecoveryRequest.StartRecovery(), Timeouts.STATUS)
        .onSuccess(
            begun ->
                send(
                    context,
                    begun.started() ? 202 : 409,
                    new JsonObject()
                        .put("recovery", begun.recovery())
                        .put("started", begun.started())))
        .onFailure(
            failure ->
                sendError(
                    context,
                    503,
                    BusFailure.of(failure) == BusFailure.UNAVAILABLE
                        ? failure.getMessage()
                        : "the node is starting or stopping"));
  }

  private void onWrongMethod(RoutingContext context) {
    String allowed = AllowedMethods.of(router.getRoutes(), context.normalizedPath());
    context.response().putHeader("Allow", allowed);
    sendError(context, 405, "the path has other methods: " + allowed);
  }

  private void onUnknownPath(RoutingContext context) {
    JsonArray paths = new JsonArray();
    router.getRoutes().stream()
        .map(Route::getPath)
        .filter(Objects::nonNull)
        .distinct()
        .forEach(paths::add);
    send(context, 404, new JsonObject().put("error", "there is no such path").put("paths", paths));
  }

  private void onDefect(RoutingContext context) {
    LOG.error(
        "Cannot serve a management request; path={}", context.request().path(), context.failure());
    sendError(context, 500, "internal error; the log has the reason");
  }

  private void addReferenceRoutes(ReadRoutes routes) {
    NetworkReader network = new NetworkReader(vertx, facts);
    new NaraRoutes(vertx, facts, network).addTo(routes);
    new SocialRoutes(vertx, facts).addTo(routes);
    new MapRoutes(vertx, facts).addTo(routes);
    new EventRoutes(vertx, facts, keys).addTo(routes);
    new HistogramRoute(vertx).addTo(routes);
    new CheckpointRoutes(vertx, keys).addTo(routes);
    new ProjectionRoutes(vertx, facts, network).addTo(routes);
    stream = new EventStream(vertx, facts.name(), facts.startedAt().toEpochMilli());
    stream.addTo(routes);
  }

  private static void sendError(RoutingContext context, int status, String sentence) {
    send(context, status, new JsonObject().put("error", sentence));
  }

  private static void send(RoutingContext context, int status, JsonObject json) {
    send(context, status, json.encode());
  }

  /** Peers choose names in it, and an operator may print it on a terminal. */
  private static void send(RoutingContext context, int status, String json) {
    HttpServerResponse response = context.response().setStatusCode(status);
    response.putHeader("Content-Type", "application/json").end(SafeText.escapedJson(json));
  }
}
