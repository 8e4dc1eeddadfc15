package nara.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static nara.mesh.TestMesh.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import nara.event.json.JsonSpans;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.identity.Soul;
import nara.testing.Vectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The server, with the reference's soul, events and clock, responds like the reference. */
public class RecordedExchangesIT {
  public static final JsonNode HTTP = Vectors.json("http.json");

  /** Requests that change the ledger are in RecordedDeliveriesIT. */
  public static final Set<String> DELIVERIES = Set.of("/gossip/zine", "/dm", "/api/events/import");

  private static final AtomicReference<Instant> NOW = new AtomicReference<>(Instant.EPOCH);
  private static Vertx vertx;
  private static HttpClient http;
  private static int port;

  @BeforeAll
  static void serveTheSameEvents() throws Exception {
    vertx = Vertx.vertx();
    http = vertx.createHttpClient();
    Identity server = identity("server");
    Keyring keys = new Keyring();
    for (String known : List.of("client", "third")) {
      JsonNode nara = HTTP.get(known);
      keys.learn(
          nara.get("name").asText(),
          nara.get("id").asText(),
          PublicKey.parse(nara.get("public_key").asText()).orElseThrow(),
          Origin.CONFIG);
    }
    ListenPort listenPort = new ListenPort();
    MeshConfig config = TestMesh.configOn("0.0.0.0");
    await(vertx.deployVerticle(new FakeLedgerVerticle(heldEvents())));
    await(
        vertx.deployVerticle(
            TestMesh.server(
                server,
                keys,
                config,
                TestMesh.verifier(),
                NOW::get,
                name -> name.equals("third-open") ? Optional.of("100.64.0.33") : Optional.empty(),
                listenPort)));
    port = listenPort.port().orElseThrow();
  }

  @AfterAll
  static void close() throws Exception {
    await(vertx.close());
  }

  static Stream<Named<JsonNode>> served() {
    return StreamSupport.stream(HTTP.get("exchanges").spliterator(), false)
        .filter(e -> !DELIVERIES.contains(e.at("/request/path").asText()))
        .map(e -> Named.of(e.get("label").asText(), e));
  }

  @ParameterizedTest
  @MethodSource("served")
  void answers_as_the_reference_did(JsonNode exchange) throws Exception {
    NOW.set(clock(exchange));
    JsonNode expected = exchange.get("response");

    Response got = ask(http, port, exchange.get("request"));
    HttpClientResponse response = got.head();
    String body = got.body();

    assertThat(response.statusCode()).isEqualTo(expected.get("status").asInt());
    assertThat(response.getHeader("Content-Type"))
        .isEqualTo(expected.at("/headers/Content-Type").asText());
    if (exchange.get("label").asText().equals("minimal body")) {
      // The reference's order of equal times is not defined: the same events, in any order.
      assertThat(ids(body)).containsExactlyInAnyOrderElementsOf(ids(expected.get("body").asText()));
    } else if (exchange.get("label").asText().equals("coordinates")) {
      assertThat(Vectors.parse(body).at("/name").asText()).isEqualTo("server-open");
      assertThat(Vectors.parse(body).at("/coordinates/error").asDouble()).isEqualTo(1);
    } else if (exchange.get("label").asText().equals("old timestamp")) {
      assertThat(body).startsWith("Authentication failed: timestamp too old or in future: 31");
    } else {
      assertThat(body).isEqualTo(expected.get("body").asText());
      for (String header : List.of("X-Nara-Name", "X-Nara-Timestamp", "X-Nara-Signature")) {
        assertThat(Optional.ofNullable(response.getHeader(header)).orElse(""))
            .as(header)
            .isEqualTo(expected.get("headers").path(header).asText());
      }
    }
  }

  /** The reference's clock at its answer: what it signed says so. */
  public static Instant clock(JsonNode exchange) {
    JsonNode signedAt = exchange.at("/response/headers/X-Nara-Timestamp");
    if (exchange.get("label").asText().equals("ping")) {
      long nanos = Vectors.parse(exchange.at("/response/body").asText()).get("t").asLong();
      return Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000);
    }
    return Instant.ofEpochMilli(
        signedAt.isMissingNode() ? exchange.get("recorded_at_ms").asLong() : signedAt.asLong());
  }

  public record Response(HttpClientResponse head, String body) {}

  public static Response ask(HttpClient http, int port, JsonNode request) throws Exception {
    RequestOptions options =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(port)
            .setMethod(HttpMethod.valueOf(request.get("method").asText()))
            .setURI(request.get("path").asText() + request.get("query").asText());
    for (var header : request.get("headers").properties()) {
      options.addHeader(header.getKey(), header.getValue().asText());
    }
    return await(
        http.request(options)
            .compose(
                r ->
                    r.send(Buffer.buffer(request.get("body").asText()))
                        .compose(
                            head ->
                                head.body()
                                    .map(body -> new Response(head, body.toString(UTF_8))))));
  }

  private static List<String> heldEvents() throws Exception {
    for (JsonNode exchange : HTTP.get("exchanges")) {
      if (exchange.get("label").asText().equals("sample")) {
        return spans(exchange.at("/response/body").asText());
      }
    }
    throw new IllegalStateException("no exchange 'sample'");
  }

  private static List<String> spans(String body) throws Exception {
    byte[] json = body.getBytes(UTF_8);
    List<String> texts = new ArrayList<>();
    for (JsonSpans.Span span :
        JsonSpans.elements(json, JsonSpans.members(json, 10).get("events"), 5_000)) {
      texts.add(span.text(json));
    }
    return texts;
  }

  public static List<String> ids(String body) {
    return StreamSupport.stream(Vectors.parse(body).get("events").spliterator(), false)
        .map(e -> e.get("id").asText())
        .toList();
  }

  public static Identity identity(String who) {
    JsonNode nara = HTTP.get(who);
    return Identity.of(
        nara.get("name").asText(), Soul.parse(nara.get("soul").asText()).orElseThrow());
  }
}
