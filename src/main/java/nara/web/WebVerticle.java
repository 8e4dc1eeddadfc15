package nara.web;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import nara.bounds.SafeText;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.cluster.ClusterRequest;
import nara.mesh.wire.PeerAddress;
import nara.recovery.RecoveryRequest;
import nara.recovery.report.ReportJson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The management port, by default on loopback, read only: {@code /health} (the process runs),
 * {@code /ready} (the node has recovered; else the reason), {@code /report} (the recovery so far),
 * {@code /counts} (the counters of all parts) and {@code /cluster} (members, leader, term).
 */
public final class WebVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(WebVerticle.class);

  private final String host;
  private final int port;
  private final String name;
  private final Supplier<Optional<String>> fault;
  private final Supplier<List<String>> notes;

  private Bus bus;
  private HttpServer server;

  /**
   * @param name of the node
   * @param fault why the node cannot do its work until it restarts; empty when it can
   * @param notes sentences that {@code /ready} shows, such as that the clock is wrong
   */
  public WebVerticle(
      String host,
      int port,
      String name,
      Supplier<Optional<String>> fault,
      Supplier<List<String>> notes) {
    this.host = host;
    this.port = port;
    this.name = name;
    this.fault = fault;
    this.notes = notes;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    Router router = Router.router(vertx);
    router.get("/health").handler(this::onHealth);
    router.get("/ready").handler(this::onReady);
    router.get("/report").handler(this::onReport);
    router.get("/counts").handler(this::onCounts);
    router.get("/cluster").handler(this::onCluster);
    server = vertx.createHttpServer().requestHandler(router);
    return server
        .listen(port, host)
        .onSuccess(
            open ->
                LOG.info(
                    "Management port open: http://{}", new PeerAddress(host, open.actualPort())));
  }

  @Override
  public Future<?> stop() {
    return server.shutdown(1, TimeUnit.SECONDS);
  }

  private void onHealth(RoutingContext context) {
    Optional<String> reason = fault.get();
    JsonObject health =
        new JsonObject().put("status", reason.isEmpty() ? "up" : "failed").put("name", name);
    reason.ifPresent(text -> health.put("reason", text));
    send(context, reason.isEmpty() ? 200 : 503, health.encode());
  }

  private void onReady(RoutingContext context) {
    fetchReport(context)
        .onSuccess(
            current -> {
              Optional<String> reason =
                  fault
                      .get()
                      .or(() -> Optional.of(current.notReadyReason()).filter(t -> !t.isEmpty()));
              boolean ready = reason.isEmpty();
              JsonObject state =
                  new JsonObject()
                      .put("ready", ready)
                      .put("stage", current.stage())
                      .put("outcome", current.report().outcome());
              reason.ifPresent(text -> state.put("reason", text));
              List<String> sentences = notes.get();
              if (!sentences.isEmpty()) {
                state.put("notes", new JsonArray(sentences));
              }
              send(context, ready ? 200 : 503, state.encode());
            });
  }

  private void onReport(RoutingContext context) {
    fetchReport(context)
        .onSuccess(current -> send(context, 200, ReportJson.write(current.report())));
  }

  /** Peers choose names in it, and an operator may print it on a terminal. */
  private static void send(RoutingContext context, int status, String json) {
    HttpServerResponse response = context.response().setStatusCode(status);
    response.putHeader("Content-Type", "application/json").end(SafeText.escapedJson(json));
  }

  private void onCounts(RoutingContext context) {
    CountsJson.fetch(bus).onSuccess(counts -> send(context, 200, counts.encode()));
  }

  private void onCluster(RoutingContext context) {
    bus.request(ClusterRequest.ADDRESS, new ClusterRequest.GetClusterStatus(), Timeouts.STATUS)
        .onSuccess(state -> send(context, 200, ClusterJson.of(state).encode()))
        .onFailure(
            failure -> context.response().setStatusCode(404).end("the node is in no cluster\n"));
  }

  private Future<RecoveryRequest.CurrentReport> fetchReport(RoutingContext context) {
    return bus.request(
            RecoveryRequest.ADDRESS, new RecoveryRequest.GetRecoveryReport(), Timeouts.STATUS)
        .onFailure(failure -> context.response().setStatusCode(503).end("the node is stopping\n"));
  }
}
