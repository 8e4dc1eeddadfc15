package nara.mesh.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static nara.mesh.TestMesh.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.identity.Standing;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerVerticle;
import nara.mesh.ListenPort;
import nara.mesh.RecordedExchangesIT;
import nara.mesh.TestMesh;
import nara.mesh.wire.Zine;
import nara.trust.TrustConfig;
import nara.trust.TrustVerticle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server responds to recorded zines, events and imports like the reference. */
class RecordedDeliveriesIT {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final Identity server = RecordedExchangesIT.identity("server");
  private Vertx vertx;
  private HttpClient http;
  private int port;

  @BeforeEach
  void serve() throws Exception {
    vertx = Vertx.vertx();
    http = vertx.createHttpClient();
    Keyring keys = new Keyring();
    for (String known : List.of("client", "third")) {
      JsonNode nara = RecordedExchangesIT.HTTP.get(known);
      keys.learn(
          nara.get("name").asText(),
          nara.get("id").asText(),
          PublicKey.parse(nara.get("public_key").asText()).orElseThrow(),
          Origin.CONFIG);
    }
    ListenPort listenPort = new ListenPort();
    await(
        vertx.deployVerticle(
            new LedgerVerticle(
                LedgerConfig.ofSize(1_000),
                name -> Standing.ESTABLISHED,
                RandomGenerator.getDefault()),
            new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER)));
    await(
        vertx.deployVerticle(
            new TrustVerticle(TrustConfig.defaults(), TestMesh.verifier(), keys, now::get)));
    await(
        vertx.deployVerticle(
            TestMesh.server(
                server,
                keys,
                TestMesh.config(),
                TestMesh.verifier(),
                now::get,
                name -> Optional.empty(),
                listenPort)));
    port = listenPort.port().orElseThrow();
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void server_responds_to_deliveries_like_the_reference() throws Exception {
    int compared = 0;
    for (JsonNode exchange : RecordedExchangesIT.HTTP.get("exchanges")) {
      if (RecordedExchangesIT.DELIVERIES.contains(exchange.at("/request/path").asText())) {
        compare(exchange);
        compared++;
      }
    }
    assertThat(compared).isEqualTo(11);
  }

  private void compare(JsonNode exchange) throws Exception {
    String label = exchange.get("label").asText();
    now.set(RecordedExchangesIT.clock(exchange));
    JsonNode expected = exchange.get("response");
    String recorded = expected.get("body").asText();

    RecordedExchangesIT.Response response =
        RecordedExchangesIT.ask(http, port, exchange.get("request"));

    assertThat(response.head().statusCode()).as(label).isEqualTo(expected.get("status").asInt());
    assertThat(response.head().getHeader("Content-Type"))
        .as(label)
        .isEqualTo(expected.at("/headers/Content-Type").asText());
    switch (label) {
      // The reference lists events by arrival, ours by timestamp; the signature covers the order.
      case "zine" -> {
        assertThat(RecordedExchangesIT.ids(response.body()))
            .containsExactlyInAnyOrderElementsOf(RecordedExchangesIT.ids(recorded));
        assertThat(
                Zine.read(response.body().getBytes(UTF_8), 100)
                    .fault(server.name(), server.keys().publicKey(), TestMesh.verifier()))
            .isEmpty();
      }
      // The text has the age at the recording, in nanoseconds.
      case "import too old" ->
          assertThat(response.body()).startsWith(recorded.substring(0, recorded.indexOf("5m1.4")));
      default -> {
        assertThat(response.body()).as(label).isEqualTo(recorded);
        assertThat(Optional.ofNullable(response.head().getHeader("X-Nara-Signature")).orElse(""))
            .as(label)
            .isEqualTo(expected.get("headers").path("X-Nara-Signature").asText());
      }
    }
  }
}
