package nara.mesh;

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
import nara.testing.Citizen;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may ask for what, as seen from outside. */
class AuthIT {
  private static final Citizen LISA = Citizen.named("lisa");
  private static final Identity BART = Citizen.named("bart").identity();
  private static final Set<String> OPEN =
      Set.of("/ping", "/peer/query", "/coordinates", "/api/checkpoints/all");

  private final Keyring keys = new Keyring();
  private final Listening listening = new Listening();
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
    await(vertx.deployVerticle(new HeldEvents(held)));
    await(vertx.deployVerticle(new CountingTrust()));
    server =
        new MeshServerVerticle(
            LISA.identity(),
            keys,
            TestMesh.config(),
            TestMesh.verifier(),
            InstantSource.system(),
            name -> Optional.empty(),
            listening);
    await(vertx.deployVerticle(server));
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void only_four_places_answer_without_a_signature() throws Exception {
    Set<String> answered = new TreeSet<>();
    for (String path : server.paths()) {
      for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.POST)) {
        Got got = send(method, path + "?target=bart", MultiMap.caseInsensitiveMultiMap(), "{}");
        if (got.status() == 200) {
          answered.add(path);
        } else if (!OPEN.contains(path) && !path.equals(Import.PATH)) {
          assertThat(got.status()).as(path).isEqualTo(401);
          assertThat(got.text()).isEqualTo("Authentication failed: missing auth headers\n");
        }
      }
    }

    assertThat(server.paths()).contains("/events/sync", "/gossip/zine", "/dm", Import.PATH);
    assertThat(answered).containsExactlyInAnyOrderElementsOf(OPEN);
  }

  @Test
  void an_import_that_the_owner_did_not_sign_is_refused() throws Exception {
    Got unsigned = send(HttpMethod.POST, Import.PATH, MultiMap.caseInsensitiveMultiMap(), "{}");

    assertThat(unsigned.status()).isEqualTo(403);
    assertThat(unsigned.text()).contains("Authentication failed: timestamp too old");
  }

  /** What is altered, how, and why it is refused then. */
  record Alteration(String what, UnaryOperator<Sent> how, String reason) {
    @Override
    public String toString() {
      return what;
    }
  }

  /** A request as it goes out. */
  record Sent(HttpMethod method, String path, MultiMap headers) {
    Sent with(String header, String value) {
      MultiMap changed = MultiMap.caseInsensitiveMultiMap().addAll(headers);
      changed.set(header, value);
      return new Sent(method, path, changed);
    }

    Sent without(String header) {
      MultiMap changed = MultiMap.caseInsensitiveMultiMap().addAll(headers);
      changed.remove(header);
      return new Sent(method, path, changed);
    }
  }

  static Stream<Alteration> alterations() {
    String missing = "missing auth headers";
    String wrong = "signature verification failed";
    return Stream.of(
        new Alteration("no name", sent -> sent.without(SignedHeaders.NAME), missing),
        new Alteration("no time", sent -> sent.without(SignedHeaders.TIMESTAMP), missing),
        new Alteration("no signature", sent -> sent.without(SignedHeaders.SIGNATURE), missing),
        new Alteration("an empty name", sent -> sent.with(SignedHeaders.NAME, ""), missing),
        new Alteration("the name of another", sent -> sent.with(SignedHeaders.NAME, "lisa"), wrong),
        new Alteration(
            "the name of nobody",
            sent -> sent.with(SignedHeaders.NAME, "moe"),
            "unknown sender: moe"),
        new Alteration(
            "a millisecond later",
            sent ->
                sent.with(
                    SignedHeaders.TIMESTAMP,
                    Long.toString(Long.parseLong(sent.headers().get(SignedHeaders.TIMESTAMP)) + 1)),
            wrong),
        new Alteration(
            "a time of a minute ago",
            sent ->
                sent.with(
                    SignedHeaders.TIMESTAMP,
                    Long.toString(
                        Long.parseLong(sent.headers().get(SignedHeaders.TIMESTAMP)) - 60_000)),
            "timestamp too old or in future: 1m"),
        new Alteration(
            "a time that is none",
            sent -> sent.with(SignedHeaders.TIMESTAMP, "soon"),
            "invalid timestamp"),
        new Alteration(
            "another signature",
            sent ->
                sent.with(
                    SignedHeaders.SIGNATURE,
                    LISA.identity().keys().signBase64("another".getBytes(UTF_8))),
            wrong),
        new Alteration(
            "a signature that is no Base64",
            sent -> sent.with(SignedHeaders.SIGNATURE, "***"),
            "invalid signature encoding"),
        new Alteration(
            "another method", sent -> new Sent(HttpMethod.PUT, sent.path(), sent.headers()), wrong),
        new Alteration(
            "another path",
            sent ->
                new Sent(
                    sent.method(),
                    sent.path().equals("/dm") ? "/events/sync" : "/dm",
                    sent.headers()),
            wrong));
  }

  @ParameterizedTest
  @MethodSource("alterations")
  void a_request_altered_is_refused_with_the_reason(Alteration alteration) throws Exception {
    String body = "{\"from\":\"bart\",\"mode\":\"recent\",\"limit\":2}";
    List<String> checked =
        server.paths().stream()
            .filter(path -> !OPEN.contains(path) && !path.equals(Import.PATH))
            .toList();
    assertThat(checked).contains("/events/sync", "/gossip/zine", "/dm").hasSize(5);
    for (String path : checked) {
      MultiMap headers = MultiMap.caseInsensitiveMultiMap();
      RequestSignature.sign(BART, Instant.now(), "POST", path).putInto(headers);
      Sent sent = new Sent(HttpMethod.POST, path, headers);
      if (!path.equals(Comparing.RECONCILE)) {
        // The stand-in for the ledger cannot reconcile; ReconcileIT shows that it is answered.
        Got asSigned = send(sent.method(), sent.path(), sent.headers(), body);
        assertThat(asSigned.status()).as(path).isNotEqualTo(401);
        assertThat(asSigned.headers().contains(SignedHeaders.SIGNATURE)).as(path).isTrue();
      }
      Sent altered = alteration.how().apply(sent);
      Got got = send(altered.method(), altered.path(), altered.headers(), body);

      assertThat(got.status()).as(path).isEqualTo(401);
      assertThat(got.text()).startsWith("Authentication failed: " + alteration.reason());
      assertThat(got.headers().contains(SignedHeaders.SIGNATURE))
          .as("nobody is signed for")
          .isFalse();
    }
  }

  @Test
  void a_zine_altered_is_refused_whatever_of_it() throws Exception {
    List<Event> events = TestMesh.teases(Citizen.named("bart"), 2);
    String zine = new String(Zine.write(BART, events, Instant.now().getEpochSecond()), UTF_8);
    assertThat(post("/gossip/zine", zine).status()).isEqualTo(200);
    keys.learn("lisa", LISA.id(), LISA.key(), Origin.CONFIG);

    for (UnaryOperator<String> how :
        List.<UnaryOperator<String>>of(
            text -> text.replace("\"from\":\"bart\"", "\"from\":\"lisa\""),
            text -> text.replaceAll("\"created_at\":(\\d+)\\d", "\"created_at\":$10"),
            text -> text.replace(events.get(0).id().toString(), events.get(1).id().toString()),
            text -> text.replaceAll("\"signature\":\"[^\"]*\"", "\"signature\":\"\""),
            text -> text.replaceAll("\"events\":\\[.*\\]", "\"events\":[]"))) {
      String altered = how.apply(zine);
      Got got = post("/gossip/zine", altered);

      assertThat(got.status()).as(altered).isEqualTo(403);
      assertThat(got.text()).isEqualTo("Invalid signature\n");
      assertThat(got.headers().contains(SignedHeaders.SIGNATURE)).isTrue();
    }
  }

  @Test
  void who_asks_too_often_is_told_when_to_ask_again_and_others_go_on() throws Exception {
    Listening strict = new Listening();
    await(
        vertx.deployVerticle(
            new MeshServerVerticle(
                LISA.identity(),
                keys,
                TestMesh.config().serving(1, 3),
                TestMesh.verifier(),
                InstantSource.system(),
                name -> Optional.empty(),
                strict)));
    Identity moe = Citizen.named("moe").identity();
    keys.learn("moe", moe.id(), moe.keys().publicKey(), Origin.CONFIG);
    Got last = null;
    for (int i = 0; i < 50 && (last == null || last.status() == 200); i++) {
      last = recent(BART, strict);
    }

    assertThat(last.status()).isEqualTo(429);
    assertThat(Integer.parseInt(last.headers().get("Retry-After"))).isPositive();
    assertThat(last.text()).startsWith("Too many requests");
    assertThat(last.headers().contains(SignedHeaders.SIGNATURE)).isTrue();
    assertThat(recent(moe, strict).status()).as("another one").isEqualTo(200);
  }

  private Got recent(Identity who, Listening at) throws Exception {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    RequestSignature.sign(who, Instant.now(), "POST", "/events/sync").putInto(headers);
    int port = at.port().orElseThrow();
    return send(
        port, HttpMethod.POST, "/events/sync", headers, "{\"from\":\"x\",\"mode\":\"recent\"}");
  }

  @Test
  void what_is_no_zine_no_event_and_no_import_is_told_so() throws Exception {
    assertThat(post("/gossip/zine", "[").text()).isEqualTo("Invalid JSON\n");
    assertThat(post("/gossip/zine", "{\"events\":[]}").text()).isEqualTo("from is required\n");
    assertThat(post("/dm", "{").text()).isEqualTo("Invalid JSON\n");
    assertThat(post("/dm", "").status()).isEqualTo(400);
    assertThat(post(Import.PATH, "nothing").status()).isEqualTo(400);
    assertThat(post(Import.PATH, "{\"ts\":9223372036854775807}").status()).isEqualTo(403);
    MultiMap none = MultiMap.caseInsensitiveMultiMap();
    assertThat(send(HttpMethod.GET, Import.PATH, none, "").status()).isEqualTo(405);
  }

  private Got post(String path, String body) throws Exception {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    RequestSignature.sign(BART, Instant.now(), "POST", path).putInto(headers);
    return send(HttpMethod.POST, path, headers, body);
  }

  private record Got(int status, MultiMap headers, Buffer body) {
    String text() {
      return body.toString(UTF_8);
    }
  }

  private Got send(HttpMethod method, String uri, MultiMap headers, String body) throws Exception {
    return send(listening.port().orElseThrow(), method, uri, headers, body);
  }

  private Got send(int port, HttpMethod method, String uri, MultiMap headers, String body)
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
                                    .map(b -> new Got(head.statusCode(), head.headers(), b)))));
  }
}
