package nara.mesh.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static nara.mesh.TestMesh.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Scheduler;
import nara.event.Event;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.ledger.LedgerRequest;
import nara.ledger.Query;
import nara.mesh.FakeLedgerVerticle;
import nara.mesh.FakeTrustVerticle;
import nara.mesh.ListenPort;
import nara.mesh.MeshNode;
import nara.mesh.TestMesh;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FetchCheckpointPage;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.FetchPage;
import nara.mesh.client.MeshRequest.FindPeerKey;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.PeerKeyResult;
import nara.mesh.client.MeshRequest.PingPeer;
import nara.mesh.client.MeshRequest.Pong;
import nara.mesh.client.MeshSyncVerticle;
import nara.mesh.wire.Gzip;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.PeerQueryResponse;
import nara.mesh.wire.RawPeer;
import nara.mesh.wire.RequestSignature;
import nara.mesh.wire.ResponseSignature;
import nara.mesh.wire.SignatureHeaders;
import nara.testing.Citizen;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The server, used by unknown senders, by peers and by our own client. */
class MeshServerIT {
  private static final Identity BART = Citizen.named("bart").identity();
  private static final Citizen ZOE = Citizen.named("zoë 漢");

  private final Keyring keys = new Keyring();
  private final ListenPort listenPort = new ListenPort();
  private Vertx vertx;
  private Bus bus;
  private HttpClient http;
  private String address;
  private String serverId;

  @BeforeEach
  void serve() throws Exception {
    vertx = Vertx.vertx();
    bus = Bus.of(vertx);
    http = vertx.createHttpClient();
    List<String> events =
        TestMesh.teases(ZOE, 200).stream()
            .map(Event::json)
            .map(json -> new String(json, UTF_8))
            .toList();
    await(vertx.deployVerticle(new FakeLedgerVerticle(events)));
    serverId = await(vertx.deployVerticle(server(ZOE.identity(), keys, listenPort)));
    address = "127.0.0.1:" + listenPort.port().orElseThrow();
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void client_fetches_from_server_when_names_are_not_ascii() throws Exception {
    Identity asker = Citizen.named("søren").identity();
    keys.learn("søren", "", asker.keys().publicKey(), Origin.CONFIG);
    deployClient(asker, new Keyring(), new ListenPort());
    Query page = new Query.Page(Long.MIN_VALUE, 150, Query.Filter.ALL);

    FetchOutcome outcome =
        ask(new FetchPage(new Peer("zoë 漢", address), page, Duration.ofSeconds(9)));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            PageFetched.class,
            fetched -> {
              assertThat(fetched.events()).isEqualTo(150);
              assertThat(fetched.nextCursor()).contains(fetched.newestTs());
            });
  }

  @Test
  void client_pings_server_and_lists_checkpoints() throws Exception {
    deployClient(BART, new Keyring(), new ListenPort());

    assertThat(
            await(bus.request(MeshRequest.ADDRESS, new PingPeer(address, seconds(5)), seconds(9))))
        .isInstanceOfSatisfying(
            Pong.class,
            pong -> {
              assertThat(pong.name()).isEqualTo("zoë 漢");
              assertThat(pong.key()).isEqualTo(ZOE.key());
              assertThat(pong.meshIp()).isEqualTo(address);
              assertThat(pong.rtt()).isPositive();
            });
    assertThat(ask(new FetchCheckpointPage(new Peer("zoë 漢", address), 0, 10, seconds(5))))
        .isInstanceOfSatisfying(
            PageFetched.class, fetched -> assertThat(fetched.hasMore()).isFalse());
    assertThat(ask(new FetchCheckpointPage(new Peer("moe", address), 0, 10, seconds(5))))
        .isInstanceOf(FetchFailed.class);
  }

  @Test
  void server_learns_unknown_sender_at_its_claimed_port() throws Exception {
    try (RawPeer stranger = new RawPeer((request, out) -> RawPeer.pong(out, BART))) {
      Response response =
          sync(BART, stranger.port(), "{\"from\":\"bart\",\"mode\":\"recent\",\"limit\":3}");

      assertThat(response.status()).isEqualTo(200);
      assertThat(keys.byName("bart")).contains(BART.keys().publicKey());
    }
  }

  @Test
  void two_unknown_nodes_learn_each_other_in_one_fetch() throws Exception {
    ListenPort bartListens = new ListenPort();
    Keyring bartKnows = new Keyring();
    await(vertx.deployVerticle(server(BART, bartKnows, bartListens)));
    deployClient(BART, bartKnows, bartListens);

    FetchOutcome outcome =
        ask(
            new FetchPage(
                new Peer("zoë 漢", address), new Query.Recent(5, Query.Filter.ALL), seconds(9)));

    assertThat(outcome).isInstanceOf(PageFetched.class);
    assertThat(keys.byName("bart")).isPresent();
    assertThat(bartKnows.byName("zoë 漢")).contains(ZOE.key());
  }

  @Test
  void unknown_sender_is_rejected_when_its_ping_returns_another_name() throws Exception {
    try (RawPeer other =
        new RawPeer((request, out) -> RawPeer.pong(out, Citizen.named("moe").identity()))) {
      Response response = sync(BART, other.port(), "{\"from\":\"bart\"}");

      assertThat(response.status()).isEqualTo(401);
      assertThat(response.text()).isEqualTo("Authentication failed: unknown sender: bart\n");
      assertThat(response.headers().contains("X-Nara-Signature")).isFalse();
      assertThat(keys.size()).isZero();
      int pings = other.requests().size();

      assertThat(sync(BART, other.port(), "{\"from\":\"bart\"}").status()).isEqualTo(401);
      assertThat(other.requests()).as("not pinged again so soon").hasSize(pings);
    }
  }

  @Test
  void key_lookups_of_one_address_do_not_starve_other_addresses() throws Exception {
    int strangers = 2 * MeshLimits.SENDER_PINGS_IN_FLIGHT;
    AtomicInteger refused = new AtomicInteger();
    try (RawPeer silent = new RawPeer((request, out) -> Thread.sleep(Duration.ofMinutes(1)));
        RawPeer newcomer = new RawPeer((request, out) -> RawPeer.pong(out, BART), "127.0.0.2")) {
      for (int i = 0; i < strangers; i++) {
        Identity stranger = Citizen.named("stranger-" + i).identity();
        Thread.startVirtualThread(
            () -> {
              if (asked(stranger, "127.0.0.1", silent.port()).startsWith("HTTP/1.1 401 ")) {
                refused.incrementAndGet();
              }
            });
      }
      // The others take turns.
      waitUntil(() -> refused.get() >= strangers - MeshLimits.SENDER_PINGS_PER_ADDRESS);
      waitUntil(() -> !silent.requests().isEmpty());

      assertThat(asked(BART, "127.0.0.2", newcomer.port())).startsWith("HTTP/1.1 200 ");
    }
  }

  /** The response to a request from this source address. */
  private String asked(Identity who, String from, int pingedAt) {
    SignatureHeaders headers = RequestSignature.sign(who, Instant.now(), "POST", "/events/sync");
    String body = "{\"from\":\"" + who.name() + "\"}";
    String request =
        "POST /events/sync HTTP/1.1\r\nHost: zoe\r\nConnection: close\r\nContent-Length: %d\r\n"
                .formatted(body.length())
            + "X-Nara-Name: %s\r\nX-Nara-Timestamp: %s\r\nX-Nara-Signature: %s\r\n%s: %d\r\n\r\n"
                .formatted(
                    headers.name(),
                    headers.timestamp(),
                    headers.signature(),
                    MeshPaths.PORT_HEADER,
                    pingedAt)
            + body;
    try (Socket socket =
        new Socket(
            InetAddress.getByName("127.0.0.1"),
            listenPort.port().orElseThrow(),
            InetAddress.getByName(from),
            0)) {
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    } catch (IOException closed) {
      return closed.toString();
    }
  }

  private static void waitUntil(BooleanSupplier so) {
    long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!so.getAsBoolean()) {
      assertThat(System.nanoTime()).as("still not so").isLessThan(until);
      Thread.yield();
    }
  }

  @Test
  void response_is_compressed_when_accepted_and_signed_over_the_json() throws Exception {
    keys.learn("bart", "", BART.keys().publicKey(), Origin.CONFIG);

    Response response =
        sync(BART, 0, "{\"from\":\"bart\",\"mode\":\"recent\"}", "Accept-Encoding", "br, gzip");

    assertThat(response.headers().get("Content-Encoding")).isEqualTo("gzip");
    byte[] json = Gzip.decompress(response.body().getBytes(), 1 << 20);
    assertThat(json.length).isGreaterThan(2 * response.body().length());
    assertThat(
            ResponseSignature.fault(
                SignatureHeaders.of(response.headers()),
                json,
                "zoë 漢",
                ZOE.key(),
                TestMesh.verifier()))
        .isEmpty();
    assertThat(
            sync(BART, 0, "{\"from\":\"bart\"}", "Accept-Encoding", "gzip;q=0")
                .headers()
                .get("Content-Encoding"))
        .isNull();
  }

  @Test
  void request_over_the_limit_gets_a_signed_rejection() throws Exception {
    keys.learn("bart", "", BART.keys().publicKey(), Origin.CONFIG);

    Response response = sync(BART, 0, "{\"from\":\"" + "x".repeat(65 << 10) + "\"}");

    assertThat(response.status()).isEqualTo(413);
    assertThat(response.headers().get("X-Nara-Name"))
        .isEqualTo(SignatureHeaders.encodeValue("zoë 漢"));
  }

  @Test
  void server_responds_unavailable_when_ledger_times_out() throws Exception {
    keys.learn("bart", "", BART.keys().publicKey(), Origin.CONFIG);
    for (String id : List.copyOf(vertx.deploymentIDs())) {
      if (!id.equals(serverId)) {
        await(vertx.undeploy(id));
      }
    }

    assertThat(sync(BART, 0, "{\"from\":\"bart\"}").status()).isEqualTo(503);
  }

  @Test
  void server_responds_to_hostile_bodies_and_keeps_serving() throws Exception {
    keys.learn("bart", "", BART.keys().publicKey(), Origin.CONFIG);
    List<String> bodies =
        List.of(
            "",
            "null",
            "[]",
            "[".repeat(60_000),
            "{\"from\":7}",
            "{\"from\":\"bart\",\"limit\":1e99}",
            "{\"from\":\"bart\",\"limit\":" + "9".repeat(5_000) + "}",
            "{\"from\":\"a\",\"from\":\"b\"}",
            "{\"from\":\"bart\",\"services\":\"social\"}");
    for (String body : bodies) {
      assertThat(sync(BART, 0, body).text()).isEqualTo("Invalid JSON\n");
    }
    List<String> odd =
        List.of(
            "{\"from\":\"bart\",\"mode\":\"page\",\"cursor\":\"99999999999999999999\",\"page_size\":-1}",
            "{\"from\":\"bart\",\"slice_index\":-5,\"slice_total\":9223372036854775807}",
            "{\"from\":\"bart\",\"mode\":\"sample\",\"sample_size\":1000000}",
            "{\"from\":\"bart\",\"mode\":null,\"services\":[],\"unknown\":{\"a\":[1]}}");
    for (String body : odd) {
      assertThat(sync(BART, 0, body).status()).as(body).isEqualTo(200);
    }
  }

  @Test
  void server_survives_bytes_that_are_not_http() throws Exception {
    for (String line :
        List.of("GET / HTTP/9.9", "\u0000\u0001", "GET /" + "x".repeat(20_000) + " HTTP/1.1")) {
      try (Socket socket = new Socket("127.0.0.1", listenPort.port().orElseThrow())) {
        socket.getOutputStream().write((line + "\r\n\r\n").getBytes(UTF_8));
        InputStream in = socket.getInputStream();
        assertThat(new String(in.readAllBytes(), UTF_8)).containsPattern("^HTTP/\\S+ [45]\\d\\d ");
      }
    }
    assertThat(get("/ping").status()).isEqualTo(200);
  }

  @Test
  void malformed_requests_are_rejected_and_not_logged() throws Exception {
    List<String> lines =
        warningsDuring(
            () -> {
              for (String line :
                  List.of(
                      "GET /peer/query?target=%zz HTTP/1.1\r\nHost: zoe",
                      "GET /peer/query?target=% HTTP/1.1\r\nHost: zoe",
                      "GET /%zz HTTP/1.1\r\nHost: zoe",
                      "GET /ping HTTP/1.1")) {
                assertThat(answered(line + "\r\nConnection: close\r\n\r\n"))
                    .as(line)
                    .startsWith("HTTP/1.1 400 ");
              }
              for (String line : List.of("OPTIONS *", "CONNECT zoe:80", "GET ping")) {
                assertThat(answered(line + " HTTP/1.1\r\nHost: zoe\r\nConnection: close\r\n\r\n"))
                    .as(line)
                    .contains("404 page not found\n");
              }
            });
    assertThat(lines).isEmpty();
  }

  @Test
  void truncated_or_malformed_body_is_not_logged() throws Exception {
    String head = "POST /api/events/import HTTP/1.1\r\nHost: zoe\r\nConnection: close\r\n";
    String chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
    List<String> lines =
        warningsDuring(
            () -> {
              for (String body : List.of("zzz\r\n", "-5\r\n", "ffffffffff\r\n", "1\r\nabc\r\n")) {
                answered(chunked + body);
              }
              try (Socket gone = new Socket("127.0.0.1", listenPort.port().orElseThrow())) {
                gone.getOutputStream()
                    .write((head + "Content-Length: 9\r\n\r\nabc").getBytes(UTF_8));
                gone.shutdownOutput();
                gone.getInputStream().readAllBytes();
              }
            });
    assertThat(lines).isEmpty();
    assertThat(get("/ping").status()).isEqualTo(200);
  }

  private interface ThrowingAction {
    void run() throws Exception;
  }

  /** The warnings and errors that are logged meanwhile. */
  private static List<String> warningsDuring(ThrowingAction what) throws Exception {
    Logger log = (Logger) LoggerFactory.getLogger("ROOT");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    try {
      what.run();
    } finally {
      log.detachAppender(lines);
    }
    return lines.list.stream()
        .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private String answered(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", listenPort.port().orElseThrow())) {
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  @Test
  void peer_query_is_redirected_to_a_peer_not_asked_yet() throws Exception {
    Response first = get("/peer/query?target=moe");
    assertThat(first.status()).isEqualTo(307);
    assertThat(first.headers().get("X-Nara-Redirect-To")).isEqualTo("homer");
    assertThat(get("/peer/query?target=moe&asked=homer").headers().get("X-Nara-Redirect-To"))
        .isEqualTo("marge");
    assertThat(get("/peer/query?target=moe&asked=homer,marge").status()).isEqualTo(404);
    assertThat(get("/peer/query?target=marge&asked=homer").status()).isEqualTo(404);
  }

  @Test
  void key_query_follows_redirects_and_asks_each_peer_once() throws Exception {
    deployClient(BART, keys, new ListenPort());
    Citizen moe = Citizen.named("moe");
    try (RawPeer homer =
            new RawPeer(
                (request, out) -> RawPeer.text(out, 307, "", "X-Nara-Redirect-To: marge\n"));
        RawPeer ned =
            new RawPeer(
                (request, out) -> RawPeer.text(out, 307, "", "X-Nara-Redirect-To: homer\n"));
        RawPeer marge =
            new RawPeer(
                (request, out) ->
                    RawPeer.text(
                        out,
                        200,
                        new String(
                            new PeerQueryResponse("moe", moe.key(), "10.0.0.9").write(), UTF_8)))) {
      List<Peer> peers =
          List.of(
              new Peer("homer", homer.address()),
              new Peer("ned", ned.address()),
              new Peer("marge", marge.address()));

      PeerKeyResult answer =
          await(
              bus.request(
                  MeshRequest.ADDRESS, new FindPeerKey("moe", peers, seconds(9)), seconds(15)));

      assertThat(answer.key()).contains(moe.key());
      assertThat(answer.meshIp()).isEqualTo("10.0.0.9");
      assertThat(answer.askedPeers()).containsExactly("homer", "marge");
      assertThat(marge.requests().getFirst().line()).contains("asked=homer");
      assertThat(keys.byName("moe")).contains(moe.key());
    }
  }

  @Test
  void key_query_ends_when_redirects_form_a_circle() throws Exception {
    deployClient(BART, keys, new ListenPort());
    try (RawPeer homer =
            new RawPeer((request, out) -> RawPeer.text(out, 307, "", "X-Nara-Redirect-To: ned\n"));
        RawPeer ned =
            new RawPeer(
                (request, out) -> RawPeer.text(out, 307, "", "X-Nara-Redirect-To: homer\n"))) {
      List<Peer> peers =
          List.of(new Peer("homer", homer.address()), new Peer("ned", ned.address()));

      PeerKeyResult answer =
          await(
              bus.request(
                  MeshRequest.ADDRESS, new FindPeerKey("moe", peers, seconds(9)), seconds(15)));

      assertThat(answer.key()).isEmpty();
      assertThat(answer.askedPeers()).containsExactly("homer", "ned");
    }
  }

  @Test
  void verified_senders_do_not_wait_behind_unknown_senders() throws Exception {
    keys.learn("bart", "", BART.keys().publicKey(), Origin.CONFIG);
    for (String id : List.copyOf(vertx.deploymentIDs())) {
      if (!id.equals(serverId)) {
        await(vertx.undeploy(id));
      }
    }
    bus.serve(LedgerRequest.ADDRESS, LedgerRequest.class, MeshServerIT::neverAnswering);
    HttpClient strangers =
        vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(ServerLimits.RESPONSES + 1));
    RequestOptions checkpoints =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(listenPort.port().orElseThrow())
            .setURI("/api/checkpoints/all");
    List<Future<Integer>> answers =
        IntStream.rangeClosed(0, ServerLimits.RESPONSES)
            .mapToObj(
                i ->
                    strangers
                        .request(checkpoints)
                        .compose(HttpClientRequest::send)
                        .map(HttpClientResponse::statusCode))
            .toList();
    CompositeFuture first = await(Future.any(answers));
    assertThat(first.<Integer>list()).contains(503);

    assertThat(sync(BART, 0, "{\"from\":\"bart\"}").status()).isEqualTo(200);
  }

  private static Future<? extends BusMessage> neverAnswering(LedgerRequest<?> request) {
    return request instanceof LedgerRequest.QueryEvents
        ? Future.succeededFuture(new LedgerRequest.QueryResult(List.of(), Optional.empty()))
        : Promise.<LedgerRequest.CheckpointPage>promise().future();
  }

  @Test
  void new_connection_over_the_limit_of_its_address_takes_the_place_of_the_idlest()
      throws Exception {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < MeshLimits.CONNECTIONS_PER_ADDRESS; i++) {
        idle.add(new Socket("127.0.0.1", listenPort.port().orElseThrow()));
      }
      assertThat(answered("GET /ping HTTP/1.1\r\nHost: zoe\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 200 ");
      assertThat(idle.getFirst().getInputStream().read()).as("evicted").isEqualTo(-1);
      InetAddress elsewhere = InetAddress.getByName("127.0.0.2");
      try (Socket other =
          new Socket(
              InetAddress.getByName("127.0.0.1"), listenPort.port().orElseThrow(), elsewhere, 0)) {
        assertThat(pinged(other)).startsWith("HTTP/1.1 200 ");
      }
      assertThat(pinged(idle.getLast())).startsWith("HTTP/1.1 200 ");
    } finally {
      for (Socket each : idle) {
        each.close();
      }
    }
  }

  private static String pinged(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write("GET /ping HTTP/1.1\r\nHost: zoe\r\nConnection: close\r\n\r\n".getBytes(UTF_8));
    return new String(socket.getInputStream().readAllBytes(), UTF_8);
  }

  @Test
  void listen_port_is_known_only_while_the_server_listens() throws Exception {
    assertThat(listenPort.advertisedAddress(TestMesh.config())).isEqualTo(address);

    await(vertx.undeploy(serverId));

    assertThat(listenPort.port()).isEmpty();
  }

  private MeshServerVerticle server(Identity who, Keyring knows, ListenPort listens) {
    PeerDirectory directory =
        new PeerDirectory() {
          @Override
          public Optional<String> addressOf(String name) {
            return Optional.empty();
          }

          @Override
          public List<String> reachableNames() {
            return List.of("homer", "marge");
          }
        };
    return TestMesh.server(
        who,
        knows,
        TestMesh.config(),
        TestMesh.verifier(),
        InstantSource.system(),
        directory,
        listens);
  }

  private void deployClient(Identity who, Keyring knows, ListenPort listens) throws Exception {
    await(vertx.deployVerticle(new FakeTrustVerticle()));
    await(
        vertx.deployVerticle(
            new MeshSyncVerticle(
                new MeshNode(
                    who,
                    knows,
                    TestMesh.config(),
                    TestMesh.verifier(),
                    Scheduler.system(),
                    listens))));
  }

  private <R extends BusMessage> R ask(MeshRequest<R> request) throws Exception {
    return await(bus.request(MeshRequest.ADDRESS, request, seconds(20)));
  }

  private record Response(int status, MultiMap headers, Buffer body) {
    String text() {
      return body.toString(UTF_8);
    }
  }

  private Response get(String uri) throws Exception {
    return send(new RequestOptions().setURI(uri), "");
  }

  private Response sync(Identity who, int port, String body, String... header) throws Exception {
    RequestOptions options = new RequestOptions().setMethod(HttpMethod.POST).setURI("/events/sync");
    options.addHeader("Content-Type", "application/json");
    RequestSignature.sign(who, Instant.now(), "POST", "/events/sync").addTo(options.getHeaders());
    if (port > 0) {
      options.addHeader("X-Nara-Port", Integer.toString(port));
    }
    if (header.length > 0) {
      options.addHeader(header[0], header[1]);
    }
    return send(options, body);
  }

  private Response send(RequestOptions options, String body) throws Exception {
    options.setHost("127.0.0.1").setPort(listenPort.port().orElseThrow());
    return await(
        http.request(options)
            .compose(
                r ->
                    r.send(Buffer.buffer(body))
                        .compose(
                            head ->
                                head.body()
                                    .map(
                                        b -> new Response(head.statusCode(), head.headers(), b)))));
  }

  private static Duration seconds(int seconds) {
    return Duration.ofSeconds(seconds);
  }
}
