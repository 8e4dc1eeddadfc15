package nara.mesh.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static nara.mesh.TestMesh.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.event.Event;
import nara.event.Verdict;
import nara.identity.Hashing;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.Standing;
import nara.ledger.Ledger;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerVerticle;
import nara.mesh.FakeTrustVerticle;
import nara.mesh.ListenPort;
import nara.mesh.MeshConfig;
import nara.mesh.MeshNode;
import nara.mesh.TestMesh;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.PeerReconciled;
import nara.mesh.client.MeshRequest.ReconcileFailed;
import nara.mesh.client.MeshRequest.ReconcileOutcome;
import nara.mesh.client.MeshRequest.ReconcileWithPeer;
import nara.mesh.server.PeerDirectory;
import nara.mesh.wire.Body;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.MeshPaths;
import nara.mesh.wire.RawPeer;
import nara.mesh.wire.RequestSignature;
import nara.mesh.wire.ResponseSignature;
import nara.mesh.wire.SignatureHeaders;
import nara.mesh.wire.SyncResponse;
import nara.testing.Altered;
import nara.testing.Citizen;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Peers that reconcile badly or not at all, and malformed requests to the server. */
class HostileReconcileIT {
  private static final Identity BART = Citizen.named("bart").identity();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Random random = new Random(3);
  private final FakeTrustVerticle trust = new FakeTrustVerticle();
  private final ListenPort port = new ListenPort();
  private Vertx vertx;

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    Keyring keys = new Keyring();
    keys.learn("bart", "", BART.keys().publicKey(), Origin.CONFIG);
    Identity lisa = Citizen.named("lisa").identity();
    Ledger ledger = new Ledger(LedgerConfig.ofSize(10_000), known -> Standing.ESTABLISHED);
    ledger.merge(
        TestMesh.teases(Citizen.named("lisa"), 300).stream()
            .map(event -> new JudgedEvent(event, Verdict.VALID))
            .toList());
    await(vertx.deployVerticle(new LedgerVerticle(ledger, random)));
    await(vertx.deployVerticle(trust));
    MeshConfig config = MeshConfig.defaults().listeningOn("127.0.0.1", 0);
    InstantSource clock = InstantSource.system();
    await(
        vertx.deployVerticle(
            new MeshSyncVerticle(
                new MeshNode(lisa, keys, config, TestMesh.verifier(), Scheduler.of(clock), port))));
    PeerDirectory nobody =
        new PeerDirectory() {
          @Override
          public Optional<String> addressOf(String name) {
            return Optional.empty();
          }

          @Override
          public List<String> reachableNames() {
            return List.of();
          }
        };
    await(
        vertx.deployVerticle(
            TestMesh.server(lisa, keys, config, TestMesh.verifier(), clock, nobody, port)));
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  @Test
  void peer_without_reconcile_endpoint_is_asked_once() throws Exception {
    for (int status : new int[] {404, 405, 501}) {
      try (RawPeer peer = new RawPeer((request, out) -> RawPeer.text(out, status, "no"))) {
        assertThat(reconcile(peer)).isInstanceOfSatisfying(ReconcileFailed.class, this::isUnable);
        assertThat(reconcile(peer)).isInstanceOfSatisfying(ReconcileFailed.class, this::isUnable);
        assertThat(peer.requests()).hasSize(1);
      }
    }
  }

  @Test
  void peer_is_unsupported_when_it_responds_with_an_html_page() throws Exception {
    byte[] page = "<html>".getBytes(UTF_8);
    try (RawPeer peer = new RawPeer((request, out) -> RawPeer.answer(out, BART, page))) {
      assertThat(reconcile(peer)).isInstanceOfSatisfying(ReconcileFailed.class, this::isUnable);
    }
  }

  private void isUnable(ReconcileFailed outcome) {
    assertThat(outcome.failure()).isEqualTo(MeshFailure.UNSUPPORTED);
  }

  @Test
  void reconciliation_ends_when_fingerprints_never_match() throws Exception {
    try (RawPeer peer = new RawPeer((request, out) -> message(out, differing()))) {
      assertThat(reconcile(peer))
          .isInstanceOfSatisfying(
              PeerReconciled.class,
              reconciled -> {
                assertThat(reconciled.incompleteReason()).contains("did not end");
                assertThat(reconciled.rounds()).isEqualTo(MeshLimits.RECONCILE_ROUNDS);
              });
    }
  }

  /** One fingerprint over everything, another one each time. */
  private byte[] differing() {
    byte[] message = new byte[20];
    random.nextBytes(message);
    message[0] = 0x61;
    message[1] = 0;
    message[2] = 0;
    message[3] = 1;
    return message;
  }

  @Test
  void reconciliation_fails_with_reason_on_malformed_message() throws Exception {
    for (String hex : List.of("", "00", "61ff", "61000002ffffffffffffffffff01", "62")) {
      byte[] message = HexFormat.of().parseHex(hex);
      try (RawPeer peer = new RawPeer((request, out) -> message(out, message))) {
        assertThat(reconcile(peer))
            .isInstanceOfSatisfying(
                PeerReconciled.class,
                r -> assertThat(r.incompleteReason()).contains("its message is malformed"));
      }
    }
  }

  @Test
  void reconciliation_stops_endless_message() throws Exception {
    byte[] piece = new byte[64 << 10];
    try (RawPeer peer =
        new RawPeer(
            (request, out) -> {
              SignatureHeaders signature =
                  ResponseSignature.sign(BART, Instant.now(), Body.of(piece));
              RawPeer.write(out, octets(signature, 1 << 30), piece);
              while (true) {
                out.write(piece);
              }
            })) {
      assertThat(reconcile(peer))
          .isInstanceOfSatisfying(
              ReconcileFailed.class,
              not -> assertThat(not.failure()).isEqualTo(MeshFailure.TOO_LARGE));
    }
  }

  @Test
  void missing_listed_events_are_not_requested_again() throws Exception {
    byte[] list = list(1_000);
    byte[] nothing = RawPeer.body(BART, List.of());
    try (RawPeer peer = new RawPeer((request, out) -> say(request, out, list, nothing))) {
      assertThat(reconcile(peer))
          .isInstanceOfSatisfying(
              PeerReconciled.class,
              reconciled -> {
                assertThat(reconciled.incompleteReason())
                    .isEqualTo("the peer listed 1000 events and sent 0");
                assertThat(reconciled.notHeld()).isEqualTo(1_000);
              });
      assertThat(((PeerReconciled) reconcile(peer)).fetchRequests()).isZero();
    }
    assertThat(trust.offers).isEmpty();
  }

  @Test
  void reconciliation_stops_when_it_makes_no_progress() throws Exception {
    byte[] list = list(100);
    byte[] again =
        SyncResponse.write(BART, List.of(), Optional.of(0L), Instant.now().getEpochSecond())
            .bytes();
    try (RawPeer peer = new RawPeer((request, out) -> say(request, out, list, again))) {
      assertThat(((PeerReconciled) reconcile(peer)).incompleteReason()).contains("its cursor is 0");
    }
  }

  @Test
  void unrequested_events_are_dropped() throws Exception {
    byte[] list = list(2);
    byte[] many = RawPeer.body(BART, TestMesh.teases(Citizen.named("bart"), 3));
    try (RawPeer peer = new RawPeer((request, out) -> say(request, out, list, many))) {
      assertThat(((PeerReconciled) reconcile(peer)).isComplete()).isFalse();
    }
    assertThat(trust.offers).isEmpty();
  }

  @Test
  void peer_that_lists_too_many_ids_is_left_to_paging() throws Exception {
    try (RawPeer peer = new RawPeer((request, out) -> message(out, listAndMore(15_000)))) {
      PeerReconciled reconciled = (PeerReconciled) reconcile(peer);

      assertThat(reconciled.incompleteReason()).contains("more missing events than the 300");
      assertThat(reconciled.rounds()).isEqualTo(2);
      assertThat(reconciled.fetchRequests()).isZero();
    }
  }

  /** Ids of the oldest times, and a fingerprint of all the rest. */
  private byte[] listAndMore(int count) {
    byte[] list = list(count);
    // The bound before time 1 instead of infinity.
    list[1] = 2;
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(list);
    message.write(differing(), 1, 19);
    return message.toByteArray();
  }

  /** A list of so many invented ids, over everything. */
  private byte[] list(int count) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.writeBytes(new byte[] {0x61, 0, 0, 2});
    if (count >= 1 << 14) {
      message.write(count >>> 14 | 128);
    }
    if (count >= 1 << 7) {
      message.write(count >>> 7 & 127 | 128);
    }
    message.write(count & 127);
    byte[] ids = new byte[count * 32];
    random.nextBytes(ids);
    message.writeBytes(ids);
    return message.toByteArray();
  }

  private static void say(RawPeer.Request request, OutputStream out, byte[] list, byte[] events)
      throws IOException {
    if (request.path().equals(MeshPaths.RECONCILE)) {
      message(out, list);
    } else {
      RawPeer.answer(out, BART, events);
    }
  }

  private static void message(OutputStream out, byte[] message) throws IOException {
    SignatureHeaders signature = ResponseSignature.sign(BART, Instant.now(), Body.of(message));
    RawPeer.write(out, octets(signature, message.length), message);
  }

  private static String octets(SignatureHeaders signature, long length) {
    return Altered.replace(
        RawPeer.head(200, signature, length), "application/json", "application/octet-stream");
  }

  private ReconcileOutcome reconcile(RawPeer peer) throws Exception {
    return await(
        Bus.of(vertx)
            .request(
                MeshRequest.ADDRESS,
                new ReconcileWithPeer(
                    new Peer("bart", peer.address()), Long.MIN_VALUE, Duration.ofSeconds(20)),
                TIMEOUT));
  }

  // Malformed requests.

  @Test
  void server_rejects_malformed_bodies_and_other_methods_with_reason() throws Exception {
    assertThat(post("/events/reconcile", "00"))
        .isEqualTo("400 does not begin with a version of the protocol\n");
    assertThat(post("/events/reconcile", "")).startsWith("400 ");
    assertThat(post("/events/reconcile", "61" + "00".repeat(600_000)))
        .isEqualTo("400 a message of 600001 bytes, over the 524288 allowed\n");
    assertThat(post("/events/reconcile", "62")).isEqualTo("200 a");
    assertThat(post("/events/fetch", "")).startsWith("400 0 bytes are not");
    assertThat(post("/events/fetch", "00")).startsWith("400 1 bytes are not one or more hashes");
    assertThat(post("/events/fetch", "00".repeat(32 * 2_001)))
        .isEqualTo("400 2001 hashes, over the 2000 allowed\n");
    assertThat(post("/events/fetch", "00".repeat(32))).startsWith("200 ").contains("null");
    for (String path : List.of("/events/reconcile", "/events/fetch")) {
      assertThat(send(HttpMethod.GET, path, "")).isEqualTo("405 Method not allowed\n");
      assertThat(text(new RequestOptions().setMethod(HttpMethod.POST).setURI(path), ""))
          .startsWith("401 Authentication failed");
    }
  }

  @Test
  void server_sends_events_byte_for_byte_as_received() throws Exception {
    Event event = TestMesh.teases(Citizen.named("lisa"), 1).getFirst();
    String hash = HexFormat.of().formatHex(Hashing.sha256(event.json()));

    assertThat(post("/events/fetch", "00".repeat(32) + hash))
        .contains("\"events\":[" + new String(event.json(), UTF_8) + "]")
        .doesNotContain("next_cursor");
  }

  private String post(String path, String hex) throws Exception {
    return send(HttpMethod.POST, path, hex);
  }

  private String send(HttpMethod method, String path, String hex) throws Exception {
    RequestOptions options = new RequestOptions().setMethod(method).setURI(path);
    options.setHeaders(MultiMap.caseInsensitiveMultiMap());
    RequestSignature.sign(BART, Instant.now(), method.name(), path).addTo(options.getHeaders());
    return text(options, hex);
  }

  private String text(RequestOptions options, String hex) throws Exception {
    options.setHost("127.0.0.1").setPort(port.port().orElseThrow());
    HttpClientResponse[] head = new HttpClientResponse[1];
    Buffer body =
        await(
            vertx
                .createHttpClient()
                .request(options)
                .compose(request -> request.send(Buffer.buffer(HexFormat.of().parseHex(hex))))
                .compose(
                    response -> {
                      head[0] = response;
                      return response.body();
                    }));
    return head[0].statusCode() + " " + body.toString(UTF_8);
  }
}
