package nara.mesh.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static nara.mesh.TestMesh.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import nara.event.Event;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.mesh.FakeLedgerVerticle;
import nara.mesh.FakeTrustVerticle;
import nara.mesh.ListenPort;
import nara.mesh.TestMesh;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.RequestSignature;
import nara.mesh.wire.SignatureHeaders;
import nara.mesh.wire.Zine;
import nara.testing.Altered;
import nara.testing.Citizen;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which requests the server accepts from which senders. */
class AuthIT {
  private static final Citizen LISA = Citizen.named("lisa");
  private static final Identity BART = Citizen.named("bart").identity();
  private static final Set<String> OPEN =
      Set.of("/ping", "/peer/query", "/coordinates", "/api/checkpoints/all");

  private final Keyring keys = new Keyring();
  private final ListenPort listenPort = new ListenPort();
  private Vertx vertx;
  private HttpClient http;
  private MeshServerVerticle server;

  @BeforeEach
  void serve() throws Exception {
    vertx = Vertx.vertx();
    http = vertx.createHttpClient();
    keys.learn("bart", BART.id(), BART.keys().publicKey(), Origin.CONFIG);
    List<String> held =
        TestMesh.teases(LISA, 3).stream().map(event -> new String(event.json(), UTF_8)).toList();
    await(vertx.deployVerticle(new FakeLedgerVerticle(held)));
    await(vertx.deployVerticle(new FakeTrustVerticle()));
    server =
        TestMesh.server(
            LISA.identity(),
            keys,
            TestMesh.config(),
            TestMesh.verifier(),
            InstantSource.system(),
            name -> Optional.empty(),
            listenPort);
    await(vertx.deployVerticle(server));
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void only_four_paths_respond_without_signature() throws Exception {
    Set<String> answered = new TreeSet<>();
    for (String path : server.paths()) {
      for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.POST)) {
        Response response =
            send(method, path + "?target=bart", MultiMap.caseInsensitiveMultiMap(), "{}");
        if (response.status() == 200) {
          answered.add(path);
        } else if (!OPEN.contains(path) && !path.equals(MeshPaths.IMPORT)) {
          assertThat(response.status()).as(path).isEqualTo(401);
          assertThat(response.text()).isEqualTo("Authentication failed: missing auth headers\n");
        }
      }
    }

    assertThat(server.paths()).contains("/events/sync", "/gossip/zine", "/dm", MeshPaths.IMPORT);
    assertThat(answered).containsExactlyInAnyOrderElementsOf(OPEN);
  }

  @Test
  void import_without_owner_signature_is_rejected() throws Exception {
    Response unsigned =
        send(HttpMethod.POST, MeshPaths.IMPORT, MultiMap.caseInsensitiveMultiMap(), "{}");

    assertThat(unsigned.status()).isEqualTo(403);
    assertThat(unsigned.text()).contains("Authentication failed: timestamp too old");
  }

  /** One alteration of a request and the reason of its rejection. */
  record Alteration(String label, UnaryOperator<OutgoingRequest> change, String reason) {
    @Override
    public String toString() {
      return label;
    }
  }

  /** A request as it is on the wire. */
  record OutgoingRequest(HttpMethod method, String path, MultiMap headers) {
    OutgoingRequest with(String header, String value) {
      MultiMap changed = MultiMap.caseInsensitiveMultiMap().addAll(headers);
      changed.set(header, value);
      return new OutgoingRequest(method, path, changed);
    }

    OutgoingRequest without(String header) {
      MultiMap changed = MultiMap.caseInsensitiveMultiMap().addAll(headers);
      changed.remove(header);
      return new OutgoingRequest(method, path, changed);
    }
  }

  static Stream<Alteration> alterations() {
    String missing = "missing auth headers";
    String wrong = "signature verification failed";
    return Stream.of(
        new Alteration("no name", request -> request.without(SignatureHeaders.NAME), missing),
        new Alteration("no time", request -> request.without(SignatureHeaders.TIMESTAMP), missing),
        new Alteration(
            "no signature", request -> request.without(SignatureHeaders.SIGNATURE), missing),
        new Alteration(
            "an empty name", request -> request.with(SignatureHeaders.NAME, ""), missing),
        new Alteration(
            "the name of another", request -> request.with(SignatureHeaders.NAME, "lisa"), wrong),
        new Alteration(
            "the name of nobody",
            request -> request.with(SignatureHeaders.NAME, "moe"),
            "unknown sender: moe"),
        new Alteration(
            "a millisecond later",
            request ->
                request.with(
                    SignatureHeaders.TIMESTAMP,
                    Long.toString(
                        Long.parseLong(request.headers().get(SignatureHeaders.TIMESTAMP)) + 1)),
            wrong),
        new Alteration(
            "a time of a minute ago",
            request ->
                request.with(
                    SignatureHeaders.TIMESTAMP,
                    Long.toString(
                        Long.parseLong(request.headers().get(SignatureHeaders.TIMESTAMP))
                            - 60_000)),
            "timestamp too old or in future: 1m"),
        new Alteration(
            "the smallest time",
            request -> request.with(SignatureHeaders.TIMESTAMP, Long.toString(Long.MIN_VALUE)),
            "timestamp too old or in future: "),
        new Alteration(
            "the largest time",
            request -> request.with(SignatureHeaders.TIMESTAMP, Long.toString(Long.MAX_VALUE)),
            "timestamp too old or in future: -"),
        new Alteration(
            "a time that is none",
            request -> request.with(SignatureHeaders.TIMESTAMP, "soon"),
            "invalid timestamp"),
        new Alteration(
            "another signature",
            request ->
                request.with(
                    SignatureHeaders.SIGNATURE,
                    LISA.identity().keys().signBase64("another".getBytes(UTF_8))),
            wrong),
        new Alteration(
            "a signature that is no Base64",
            request -> request.with(SignatureHeaders.SIGNATURE, "***"),
            "invalid signature encoding"),
        new Alteration(
            "another method",
            request -> new OutgoingRequest(HttpMethod.PUT, request.path(), request.headers()),
            wrong),
        new Alteration(
            "another path",
            request ->
                new OutgoingRequest(
                    request.method(),
                    request.path().equals("/dm") ? "/events/sync" : "/dm",
                    request.headers()),
            wrong));
  }

  @ParameterizedTest
  @MethodSource("alterations")
  void altered_request_is_rejected_with_reason(Alteration alteration) throws Exception {
    String body = "{\"from\":\"bart\",\"mode\":\"recent\",\"limit\":2}";
    List<String> checked =
        server.paths().stream()
            .filter(path -> !OPEN.contains(path) && !path.equals(MeshPaths.IMPORT))
            .toList();
    assertThat(checked).contains("/events/sync", "/gossip/zine", "/dm").hasSize(7);
    for (String path : checked) {
      MultiMap headers = MultiMap.caseInsensitiveMultiMap();
      RequestSignature.sign(BART, Instant.now(), "POST", path).addTo(headers);
      OutgoingRequest request = new OutgoingRequest(HttpMethod.POST, path, headers);
      if (!path.equals(MeshPaths.RECONCILE)) {
        // The fake ledger cannot reconcile; ReconcileIT covers this path.
        Response asSigned = send(request.method(), request.path(), request.headers(), body);
        assertThat(asSigned.status()).as(path).isNotEqualTo(401);
        assertThat(asSigned.headers().contains(SignatureHeaders.SIGNATURE)).as(path).isTrue();
      }
      OutgoingRequest altered = alteration.change().apply(request);
      Response response = send(altered.method(), altered.path(), altered.headers(), body);

      assertThat(response.status()).as(path).isEqualTo(401);
      assertThat(response.text()).startsWith("Authentication failed: " + alteration.reason());
      assertThat(response.headers().contains(SignatureHeaders.SIGNATURE))
          .as("nobody is signed for")
          .isFalse();
    }
  }

  @Test
  void altered_zine_is_rejected() throws Exception {
    List<Event> events = TestMesh.teases(Citizen.named("bart"), 2);
    String zine = new String(Zine.write(BART, events, Instant.now().getEpochSecond()), UTF_8);
    assertThat(post("/gossip/zine", zine).status()).isEqualTo(200);
    keys.learn("lisa", LISA.id(), LISA.key(), Origin.CONFIG);

    for (UnaryOperator<String> how :
        List.<UnaryOperator<String>>of(
            text -> Altered.replace(text, "\"from\":\"bart\"", "\"from\":\"lisa\""),
            text -> Altered.digit(text, "created_at"),
            text ->
                Altered.replace(text, events.get(0).id().toString(), events.get(1).id().toString()),
            text -> Altered.match(text, "\"signature\":\"[^\"]*\"", "\"signature\":\"\""),
            text -> Altered.match(text, "\"events\":\\[.*\\]", "\"events\":[]"))) {
      String altered = how.apply(zine);
      Response response = post("/gossip/zine", altered);

      assertThat(response.status()).as(altered).isEqualTo(403);
      assertThat(response.text()).isEqualTo("Invalid signature\n");
      assertThat(response.headers().contains(SignatureHeaders.SIGNATURE)).isTrue();
    }
  }

  @Test
  void rate_limited_sender_gets_retry_after_and_others_are_served() throws Exception {
    ListenPort strict = new ListenPort();
    await(
        vertx.deployVerticle(
            TestMesh.server(
                LISA.identity(),
                keys,
                TestMesh.withRequestLimit(TestMesh.config(), 1, 3),
                TestMesh.verifier(),
                InstantSource.system(),
                name -> Optional.empty(),
                strict)));
    Identity moe = Citizen.named("moe").identity();
    keys.learn("moe", moe.id(), moe.keys().publicKey(), Origin.CONFIG);
    Response last = null;
    for (int i = 0; i < 50 && (last == null || last.status() == 200); i++) {
      last = recent(BART, strict);
    }

    assertThat(last.status()).isEqualTo(429);
    assertThat(Integer.parseInt(last.headers().get("Retry-After"))).isPositive();
    assertThat(last.text()).startsWith("Too many requests");
    assertThat(last.headers().contains(SignatureHeaders.SIGNATURE)).isTrue();
    assertThat(recent(moe, strict).status()).as("another one").isEqualTo(200);
  }

  private Response recent(Identity who, ListenPort at) throws Exception {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    RequestSignature.sign(who, Instant.now(), "POST", "/events/sync").addTo(headers);
    int port = at.port().orElseThrow();
    return send(
        port, HttpMethod.POST, "/events/sync", headers, "{\"from\":\"x\",\"mode\":\"recent\"}");
  }

  @Test
  void malformed_zine_event_and_import_are_rejected_with_reason() throws Exception {
    assertThat(post("/gossip/zine", "[").text()).isEqualTo("Invalid JSON\n");
    assertThat(post("/gossip/zine", "{\"events\":[]}").text()).isEqualTo("from is required\n");
    assertThat(post("/dm", "{").text()).isEqualTo("Invalid JSON\n");
    assertThat(post("/dm", "").status()).isEqualTo(400);
    assertThat(post(MeshPaths.IMPORT, "nothing").status()).isEqualTo(400);
    assertThat(post(MeshPaths.IMPORT, "{\"ts\":9223372036854775807}").status()).isEqualTo(403);
    for (long ts : List.of(Long.MIN_VALUE, -1L)) {
      Response negative = post(MeshPaths.IMPORT, "{\"ts\":" + ts + "}");
      assertThat(negative.status()).isEqualTo(400);
      assertThat(negative.text()).contains("ts: expected Unix seconds, got " + ts);
    }
    MultiMap none = MultiMap.caseInsensitiveMultiMap();
    assertThat(send(HttpMethod.GET, MeshPaths.IMPORT, none, "").status()).isEqualTo(405);
  }

  private Response post(String path, String body) throws Exception {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    RequestSignature.sign(BART, Instant.now(), "POST", path).addTo(headers);
    return send(HttpMethod.POST, path, headers, body);
  }

  private record Response(int status, MultiMap headers, Buffer body) {
    String text() {
      return body.toString(UTF_8);
    }
  }

  private Response send(HttpMethod method, String uri, MultiMap headers, String body)
      throws Exception {
    return send(listenPort.port().orElseThrow(), method, uri, headers, body);
  }

  private Response send(int port, HttpMethod method, String uri, MultiMap headers, String body)
      throws Exception {
    RequestOptions options =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(port)
            .setMethod(method)
            .setURI(uri)
            .setHeaders(headers);
    return await(
        http.request(options)
            .compose(
                request ->
                    request
                        .send(Buffer.buffer(body))
                        .compose(
                            head ->
                                head.body()
                                    .map(
                                        b -> new Response(head.statusCode(), head.headers(), b)))));
  }
}
