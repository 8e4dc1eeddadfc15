package nara.web;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.cluster.ClusterRequest;
import nara.recovery.RecoveryRequest;
import nara.recovery.report.ReportJson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The management port, by default on loopback, read only: {@code /health} (the process runs),
 * {@code /ready} (the recovery is done), {@code /report} (the recovery so far), {@code /counts}
 * (the counters of all parts) and {@code /cluster} (members, leader, term).
 */
public final class WebVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(WebVerticle.class);

  private final String host;
  private final int port;
  private final String name;

  private Bus bus;
  private HttpServer server;

  /**
   * @param name of the node
   */
  public WebVerticle(String host, int port, String name) {
    this.host = host;
    this.port = port;
    this.name = name;
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
        .onSuccess(open -> LOG.info("Management port open: http://{}:{}", host, open.actualPort()));
  }

  @Override
  public Future<?> stop() {
    return server.shutdown(1, TimeUnit.SECONDS);
  }

  private void onHealth(RoutingContext context) {
    context.json(new JsonObject().put("status", "up").put("name", name));
  }

  private void onReady(RoutingContext context) {
    fetchReport(context)
        .onSuccess(
            current ->
                send(
                    context,
                    current.finished() ? 200 : 503,
                    new JsonObject()
                        .put("ready", current.finished())
                        .put("stage", current.stage())
                        .put("outcome", current.report().outcome())
                        .encode()));
  }

  private void onReport(RoutingContext context) {
    fetchReport(context)
        .onSuccess(current -> send(context, 200, ReportJson.write(current.report())));
  }

  private static void send(RoutingContext context, int status, String json) {
    HttpServerResponse response = context.response().setStatusCode(status);
    response.putHeader("Content-Type", "application/json").end(json);
  }

  private void onCounts(RoutingContext context) {
    CountsJson.fetch(bus).onSuccess(context::json);
  }

  private void onCluster(RoutingContext context) {
    bus.request(ClusterRequest.ADDRESS, new ClusterRequest.GetClusterStatus(), Timeouts.STATUS)
        .onSuccess(state -> context.json(ClusterJson.of(state)))
        .onFailure(
            failure -> context.response().setStatusCode(404).end("the node is in no cluster\n"));
  }

  private Future<RecoveryRequest.CurrentReport> fetchReport(RoutingContext context) {
    return bus.request(
            RecoveryRequest.ADDRESS, new RecoveryRequest.GetRecoveryReport(), Timeouts.STATUS)
        .onFailure(failure -> context.response().setStatusCode(503).end("the node is stopping\n"));
  }
}
