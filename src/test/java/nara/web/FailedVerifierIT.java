package nara.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import nara.bus.Bus;
import nara.clock.ClockSkew;
import nara.node.Blocking;
import nara.recovery.RecoveryRequest;
import nara.recovery.report.Report;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A node whose verifier contradicted itself says so on its management port. */
@ExtendWith(VertxExtension.class)
class FailedVerifierIT {
  @Test
  void health_tells_why_the_node_accepts_no_signature(Vertx vertx) throws Exception {
    AtomicReference<Optional<String>> fault = new AtomicReference<>(Optional.empty());
    int port = freePort();
    Blocking.await(
        vertx.deployVerticle(new WebVerticle("127.0.0.1", port, "lisa", fault::get, List::of)),
        Duration.ofSeconds(10));

    assertThat(health(port)).isEqualTo("200 {\"status\":\"up\",\"name\":\"lisa\"}");

    fault.set(Optional.of("the verifiers differ"));

    assertThat(health(port)).startsWith("503 ");
    assertThat(new JsonObject(health(port).substring(4)).getString("reason"))
        .isEqualTo("the verifiers differ");
  }

  @Test
  void ready_notes_a_wrong_clock(Vertx vertx) throws Exception {
    String warning = new ClockSkew(Duration.ofHours(1), 2).sentence();
    Bus.of(vertx)
        .serve(
            RecoveryRequest.ADDRESS,
            RecoveryRequest.GetRecoveryReport.class,
            asked ->
                Future.succeededFuture(
                    new RecoveryRequest.CurrentReport("done", true, Report.empty("complete"), "")));
    int port = freePort();
    Blocking.await(
        vertx.deployVerticle(
            new WebVerticle("127.0.0.1", port, "lisa", Optional::empty, () -> List.of(warning))),
        Duration.ofSeconds(10));

    String ready = get(port, "/ready");
    assertThat(ready).startsWith("200 ");
    assertThat(new JsonObject(ready.substring(4)).getJsonArray("notes")).containsExactly(warning);
  }

  private static String health(int port) throws Exception {
    return get(port, "/health");
  }

  private static String get(int port, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
              HttpResponse.BodyHandlers.ofString());
      return response.statusCode() + " " + response.body();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
