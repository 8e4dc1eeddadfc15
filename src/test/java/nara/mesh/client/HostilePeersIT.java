package nara.mesh.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static nara.mesh.TestMesh.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.event.Event;
import nara.identity.Hashing;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.ledger.Query;
import nara.mesh.FakeTrustVerticle;
import nara.mesh.ListenPort;
import nara.mesh.MeshConfig;
import nara.mesh.MeshNode;
import nara.mesh.TestMesh;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.FetchPage;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.Body;
import nara.mesh.wire.Gzip;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.RawPeer;
import nara.mesh.wire.ResponseSignature;
import nara.mesh.wire.SignatureHeaders;
import nara.mesh.wire.SyncResponse;
import nara.testing.Altered;
import nara.testing.Citizen;
import nara.trust.OfferSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each kind of misbehaviour of a peer ends with its own failure, and offers nothing to trust. */
class HostilePeersIT {
  private static final Query ALL = new Query.Sample(5_000, "lisa", 0, Query.Filter.ALL);
  private static final Identity BART = Citizen.named("bart").identity();

  private final Keyring keys = new Keyring();
  private final FakeTrustVerticle trust = new FakeTrustVerticle();
  private Vertx vertx;
  private Bus bus;
  private String mesh;

  @BeforeEach
  void start() throws Exception {
    vertx = Vertx.vertx();
    bus = Bus.of(vertx);
    await(vertx.deployVerticle(trust));
    mesh = deploy(TestMesh.config());
    keys.learn("bart", "", BART.keys().publicKey(), Origin.CONFIG);
  }

  private String deploy(MeshConfig config) throws Exception {
    return await(
        vertx.deployVerticle(
            new MeshSyncVerticle(
                new MeshNode(
                    Citizen.named("lisa").identity(),
                    keys,
                    config,
                    TestMesh.verifier(),
                    Scheduler.system(),
                    new ListenPort()))));
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  @Test
  void honest_response_is_fetched_and_offered() throws Exception {
    List<Event> events = TestMesh.teases(Citizen.named("bart"), 3);
    byte[] body =
        SyncResponse.write(BART, events, Optional.of(77L), Instant.now().getEpochSecond()).bytes();

    PageFetched pageFetched = fetched((request, out) -> RawPeer.answer(out, BART, body));

    assertThat(pageFetched.bytes()).isEqualTo(body.length);
    assertThat(pageFetched.events()).isEqualTo(3);
    assertThat(pageFetched.oldestTs()).isEqualTo(events.getFirst().ts());
    assertThat(pageFetched.newestTs()).isEqualTo(events.getLast().ts());
    assertThat(pageFetched.nextCursor()).contains(77L);
    assertThat(pageFetched.offerResult().added()).isEqualTo(3);
    assertThat(trust.offers)
        .singleElement()
        .satisfies(o -> assertThat(o.source()).isEqualTo(OfferSource.peer("bart")));
  }

  @Test
  void response_without_events_is_fetched_and_not_offered() throws Exception {
    byte[] body = RawPeer.body(BART, List.of());

    assertThat(fetched((request, out) -> RawPeer.answer(out, BART, body)).events()).isZero();
    assertThat(trust.offers).isEmpty();
  }

  @Test
  void gzip_response_is_unpacked_and_verified_over_the_plain_body() throws Exception {
    byte[] body = RawPeer.body(BART, TestMesh.teases(Citizen.named("bart"), 50));
    byte[] packed = Gzip.compress(Body.of(body));
    SignatureHeaders signature = ResponseSignature.sign(BART, Instant.now(), Body.of(body));

    PageFetched pageFetched = fetched((request, out) -> packed(out, signature, packed));

    assertThat(pageFetched.events()).isEqualTo(50);
    assertThat(pageFetched.bytes()).isEqualTo(packed.length).isLessThan(body.length);
  }

  @Test
  void client_learns_key_of_unknown_peer_by_a_ping() throws Exception {
    Identity moe = Citizen.named("moe").identity();
    byte[] body = RawPeer.body(moe, TestMesh.teases(Citizen.named("moe"), 2));
    try (RawPeer peer = new RawPeer((request, out) -> pingOrAnswer(request, out, moe, body))) {
      assertThat(fetch("moe", peer)).isInstanceOf(PageFetched.class);

      assertThat(keys.byName("moe")).contains(moe.keys().publicKey());
      assertThat(peer.requests()).extracting(RawPeer.Request::path).startsWith("/ping");
    }
  }

  @Test
  void fetch_fails_when_peer_has_another_name() throws Exception {
    try (RawPeer peer = new RawPeer((request, out) -> RawPeer.pong(out, BART))) {
      assertFailed(
          fetch("moe", peer), MeshFailure.BAD_SIGNATURE, "identifies itself as bart, expected moe");
      assertThat(keys.byName("moe")).isEmpty();
    }
  }

  @Test
  void fetch_stops_endless_body_at_the_limit() throws Exception {
    assertFailed(
        failed(
            (request, out) -> {
              RawPeer.write(out, "HTTP/1.1 200 OK\nConnection: close\n\n", new byte[0]);
              while (true) {
                out.write(new byte[64 * 1024]);
              }
            }),
        MeshFailure.TOO_LARGE,
        "more than the 4194304 bytes allowed");
  }

  @Test
  void declared_length_over_the_limit_is_rejected_before_the_body() throws Exception {
    SignatureHeaders signature = ResponseSignature.sign(BART, Instant.now(), Body.of(new byte[0]));
    assertFailed(
        failed(
            (request, out) -> {
              RawPeer.write(out, RawPeer.head(200, signature, 1L << 40), new byte[10]);
              hang();
            }),
        MeshFailure.TOO_LARGE,
        "announces more");
  }

  @Test
  void fetch_is_cut_off_when_body_is_shorter_than_its_length() throws Exception {
    byte[] body = RawPeer.body(BART, TestMesh.teases(Citizen.named("bart"), 3));
    SignatureHeaders signature = ResponseSignature.sign(BART, Instant.now(), Body.of(body));
    assertFailed(
        failed(
            (request, out) ->
                RawPeer.write(out, RawPeer.head(200, signature, body.length + 9), body)),
        MeshFailure.CUT_OFF,
        "closed");
  }

  @Test
  void bytes_beyond_content_length_are_ignored() throws Exception {
    byte[] body = RawPeer.body(BART, TestMesh.teases(Citizen.named("bart"), 3));
    SignatureHeaders signature = ResponseSignature.sign(BART, Instant.now(), Body.of(body));
    assertFailed(
        failed(
            (request, out) ->
                RawPeer.write(out, RawPeer.head(200, signature, body.length - 9), body)),
        MeshFailure.BAD_SIGNATURE,
        "not from bart");
  }

  @Test
  void fetch_is_cut_off_when_connection_ends_within_a_chunk() throws Exception {
    assertFailed(
        failed(
            (request, out) ->
                RawPeer.write(
                    out,
                    "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nffff\n",
                    "{\"from\":".getBytes(UTF_8))),
        MeshFailure.CUT_OFF,
        "closed");
  }

  @Test
  void fetch_is_cut_off_when_connection_closes_without_response() throws Exception {
    assertFailed(failed((request, out) -> out.flush()), MeshFailure.CUT_OFF, "closed");
  }

  @Test
  void fetch_stalls_when_peer_is_silent() throws Exception {
    assertFailed(failed((request, out) -> hang()), MeshFailure.STALLED, "no byte for 400ms");
  }

  @Test
  void fetch_stalls_when_peer_falls_silent_within_the_body() throws Exception {
    SignatureHeaders signature = ResponseSignature.sign(BART, Instant.now(), Body.of(new byte[0]));
    assertFailed(
        failed(
            (request, out) -> {
              RawPeer.write(out, RawPeer.head(200, signature, 1_000), new byte[10]);
              hang();
            }),
        MeshFailure.STALLED,
        "no byte for 400ms");
  }

  @Test
  void fetch_stalls_when_peer_trickles_bytes() throws Exception {
    SignatureHeaders signature = ResponseSignature.sign(BART, Instant.now(), Body.of(new byte[0]));
    try (RawPeer peer =
        new RawPeer(
            (request, out) -> {
              RawPeer.write(out, RawPeer.head(200, signature, 1_000_000), new byte[0]);
              while (true) {
                out.write(' ');
                out.flush();
                Thread.sleep(100);
              }
            })) {
      assertFailed(fetch("bart", peer), MeshFailure.STALLED, "bytes in 400ms");
    }
  }

  @Test
  void fetch_rejects_giant_headers() throws Exception {
    assertFailed(
        failed(
            (request, out) -> {
              RawPeer.write(out, "HTTP/1.1 200 OK\nX-Big: ", new byte[0]);
              byte[] many = new byte[64 * 1024];
              Arrays.fill(many, (byte) 'a');
              while (true) {
                out.write(many);
              }
            }),
        MeshFailure.TOO_LARGE,
        "headers");
  }

  @Test
  void response_that_is_not_http_is_malformed() throws Exception {
    assertFailed(
        failed((request, out) -> out.write("SSH-2.0-OpenSSH_9.2\r\n\r\n".getBytes(ISO_8859_1))),
        MeshFailure.MALFORMED,
        "no HTTP response");
  }

  @Test
  void unsigned_response_is_rejected() throws Exception {
    String body = new String(RawPeer.body(BART, List.of()), UTF_8);
    assertFailed(
        failed((request, out) -> RawPeer.text(out, 200, body)),
        MeshFailure.BAD_SIGNATURE,
        "not signed");
  }

  @Test
  void response_signed_with_another_key_is_rejected() throws Exception {
    Identity impostor = Citizen.impostor("bart").identity();
    byte[] body = RawPeer.body(impostor, TestMesh.teases(Citizen.named("bart"), 3));
    assertFailed(
        failed((request, out) -> RawPeer.answer(out, impostor, body)),
        MeshFailure.BAD_SIGNATURE,
        "not from bart");
  }

  @Test
  void response_in_another_name_is_rejected() throws Exception {
    Identity moe = Citizen.named("moe").identity();
    byte[] body = RawPeer.body(moe, List.of());
    assertFailed(
        failed((request, out) -> RawPeer.answer(out, moe, body)),
        MeshFailure.BAD_SIGNATURE,
        "expected a response from bart, got one from moe");
  }

  @Test
  void response_of_yesterday_is_rejected() throws Exception {
    byte[] body = RawPeer.body(BART, List.of());
    SignatureHeaders old =
        ResponseSignature.sign(BART, Instant.now().minus(Duration.ofDays(1)), Body.of(body));
    assertFailed(
        failed((request, out) -> RawPeer.write(out, RawPeer.head(200, old, body.length), body)),
        MeshFailure.CLOCK_SKEW,
        "its clock is 24 h behind this node's");
  }

  @Test
  void event_list_without_signature_is_rejected() throws Exception {
    byte[] body = "{\"from\":\"bart\",\"events\":null,\"ts\":5}\n".getBytes(UTF_8);
    assertFailed(
        failed((request, out) -> RawPeer.answer(out, BART, body)),
        MeshFailure.BAD_SIGNATURE,
        "the list of events is not signed");
  }

  @Test
  void event_list_with_a_removed_event_is_rejected_when_headers_are_valid() throws Exception {
    List<Event> events = TestMesh.teases(Citizen.named("bart"), 3);
    String whole = new String(RawPeer.body(BART, events), UTF_8);
    byte[] body =
        Altered.replace(whole, new String(events.get(1).json(), UTF_8) + ",", "").getBytes(UTF_8);
    assertFailed(
        failed((request, out) -> RawPeer.answer(out, BART, body)),
        MeshFailure.BAD_SIGNATURE,
        "the list of events");
  }

  @Test
  void gzip_bomb_is_stopped_at_the_limit() throws Exception {
    byte[] body = new byte[64 << 20];
    byte[] packed = Gzip.compress(Body.of(body));
    SignatureHeaders signature = ResponseSignature.sign(BART, Instant.now(), Body.of(body));
    assertThat(packed.length).isLessThan(4 << 20);
    assertFailed(
        failed((request, out) -> packed(out, signature, packed)),
        MeshFailure.TOO_LARGE,
        "decompresses to");
  }

  @Test
  void broken_gzip_is_malformed_and_truncated_gzip_is_cut_off() throws Exception {
    byte[] body = RawPeer.body(BART, TestMesh.teases(Citizen.named("bart"), 50));
    byte[] packed = Gzip.compress(Body.of(body));
    SignatureHeaders signature = ResponseSignature.sign(BART, Instant.now(), Body.of(body));
    assertFailed(
        failed((request, out) -> packed(out, signature, "not gzip".getBytes(UTF_8))),
        MeshFailure.MALFORMED,
        "gzip");
    assertFailed(
        failed((request, out) -> packed(out, signature, Arrays.copyOf(packed, packed.length / 2))),
        MeshFailure.CUT_OFF,
        "truncated");
  }

  @Test
  void body_that_is_no_response_is_malformed() throws Exception {
    for (String body : List.of("", "[]", "{\"from\":\"bart\",\"events\":[1", "{\"ts\":1e999}")) {
      assertFailed(
          failed((request, out) -> RawPeer.answer(out, BART, body.getBytes(UTF_8))),
          MeshFailure.MALFORMED,
          "malformed JSON");
    }
  }

  @Test
  void response_with_too_many_events_is_too_large() throws Exception {
    byte[] body = RawPeer.body(BART, TestMesh.teases(Citizen.named("bart"), 5_001));
    assertFailed(
        failed((request, out) -> RawPeer.answer(out, BART, body)),
        MeshFailure.TOO_LARGE,
        "more than 5000");
  }

  @Test
  void missing_endpoint_is_unsupported() throws Exception {
    for (int status : List.of(404, 405)) {
      assertFailed(
          failed((request, out) -> RawPeer.text(out, status, "404 page not found\n")),
          MeshFailure.UNSUPPORTED,
          "answers " + status + ": 404 page not found");
    }
  }

  @Test
  void other_status_is_reported_with_the_start_of_its_text() throws Exception {
    assertFailed(
        failed((request, out) -> RawPeer.text(out, 500, "boom\nand so on")),
        MeshFailure.STATUS,
        "answers 500: boom\uFFFDand so on");
    assertFailed(
        failed((request, out) -> RawPeer.text(out, 302, "", "Location: http://127.0.0.1:1/\n")),
        MeshFailure.STATUS,
        "answers 302");
    assertFailed(
        failed(
            (request, out) ->
                RawPeer.text(out, 401, "Authentication failed: signature verification failed\n")),
        MeshFailure.STATUS,
        "answers 401: Authentication failed: signature verification failed; it may know another key"
            + " for this node's name: use the soul that had the name, or another identity.name");
    assertFailed(
        failed(
            (request, out) -> {
              RawPeer.write(out, "HTTP/1.1 503 No\nConnection: close\n\n", new byte[0]);
              while (true) {
                out.write("no no no ".getBytes(UTF_8));
              }
            }),
        MeshFailure.STATUS,
        "answers 503: no no no");
  }

  @Test
  void one_bad_event_among_five_thousand_is_dropped_alone() throws Exception {
    List<String> bad =
        List.of(
            "null",
            "17",
            "{}",
            "{\"id\":\"short\",\"ts\":1,\"svc\":\"social\"}",
            "{\"ts\":1,\"svc\":\"zzz\",\"id\":\"last\"}",
            "{\"id\":\"deep\",\"x\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}",
            "{\"id\":\"big\",\"ts\":" + "9".repeat(100_000) + "}");
    List<String> statedIds = List.of("", "", "", "short", "last", "deep", "big");
    List<Event> good = TestMesh.teases(Citizen.named("bart"), 5_000 - bad.size());
    List<String> texts = new ArrayList<>(good.stream().map(e -> text(e.json())).toList());
    List<String> ids = new ArrayList<>(good.stream().map(e -> e.id().toString()).toList());
    IntStream.range(0, bad.size())
        .forEach(
            i -> {
              texts.add(i * 700, bad.get(i));
              ids.add(i * 700, statedIds.get(i));
            });
    byte[] hash = Hashing.sha256(("bart:1795367224:" + String.join("", ids)).getBytes(UTF_8));
    String json =
        "{\"from\":\"bart\",\"events\":[%s],\"ts\":1795367224,\"sig\":\"%s\"}\n"
            .formatted(String.join(",", texts), BART.keys().signBase64(hash));

    PageFetched pageFetched =
        fetched((request, out) -> RawPeer.answer(out, BART, json.getBytes(UTF_8)));

    assertThat(pageFetched.events()).isEqualTo(5_000);
    assertThat(pageFetched.oldestTs()).isEqualTo(1);
    assertThat(trust.offers.getFirst().events().size()).isEqualTo(5_000);
  }

  @Test
  void peer_is_unreachable_when_nothing_listens_or_address_is_malformed() throws Exception {
    int free;
    try (RawPeer peer = new RawPeer((request, out) -> {})) {
      free = peer.port();
    }
    for (String address : List.of("127.0.0.1:" + free, "http://nowhere/", "", "127.0.0.1:99999")) {
      assertFailed(
          await(
              bus.request(
                  MeshRequest.ADDRESS,
                  new FetchPage(new Peer("bart", address), ALL, Duration.ofSeconds(5)),
                  Duration.ofSeconds(10))),
          MeshFailure.UNREACHABLE,
          "");
    }
  }

  @Test
  void client_limits_requests_in_flight_and_queued_per_peer() throws Exception {
    CountDownLatch four = new CountDownLatch(4);
    CountDownLatch go = new CountDownLatch(1);
    byte[] body = RawPeer.body(BART, List.of());
    try (RawPeer peer =
        new RawPeer(
            (request, out) -> {
              four.countDown();
              go.await();
              RawPeer.answer(out, BART, body);
            })) {
      var outcomes =
          IntStream.range(0, 13).mapToObj(i -> ask("bart", peer, Duration.ofSeconds(9))).toList();

      assertFailed(await(outcomes.get(12)), MeshFailure.STALLED, "8 requests wait");
      assertThat(four.await(5, TimeUnit.SECONDS)).isTrue();
      assertThat(peer.requests()).hasSize(4);
      go.countDown();
      for (var outcome : outcomes.subList(0, 12)) {
        assertThat(await(outcome)).isInstanceOf(PageFetched.class);
      }
    }
  }

  @Test
  void stop_fails_all_pending_requests() throws Exception {
    // Only the stop may end these requests, however slow this machine is.
    await(vertx.undeploy(mesh));
    mesh = deploy(TestMesh.configWithLongTimeouts());
    CountDownLatch asked = new CountDownLatch(4);
    try (RawPeer peer =
        new RawPeer(
            (request, out) -> {
              asked.countDown();
              hang();
            })) {
      var outcomes =
          IntStream.range(0, 8).mapToObj(i -> ask("bart", peer, Duration.ofMinutes(5))).toList();
      assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();

      await(vertx.undeploy(mesh));

      for (var outcome : outcomes) {
        assertFailed(await(outcome), MeshFailure.STOPPING, "stopping");
      }
    }
  }

  private PageFetched fetched(RawPeer.Script script) throws Exception {
    try (RawPeer peer = new RawPeer(script)) {
      FetchOutcome outcome = fetch("bart", peer);
      assertThat(outcome).isInstanceOf(PageFetched.class);
      return (PageFetched) outcome;
    }
  }

  private FetchOutcome failed(RawPeer.Script script) throws Exception {
    try (RawPeer peer = new RawPeer(script)) {
      return fetch("bart", peer);
    }
  }

  private FetchOutcome fetch(String name, RawPeer peer) throws Exception {
    return await(ask(name, peer, Duration.ofSeconds(20)));
  }

  private Future<FetchOutcome> ask(String name, RawPeer peer, Duration timeout) {
    return bus.request(
        MeshRequest.ADDRESS,
        new FetchPage(new Peer(name, peer.address()), ALL, timeout),
        timeout.plusSeconds(5));
  }

  private void assertFailed(FetchOutcome outcome, MeshFailure failure, String reason) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            FetchFailed.class,
            failed -> {
              assertThat(failed.failure()).as(failed.reason()).isEqualTo(failure);
              assertThat(failed.reason()).contains(reason);
            });
    assertThat(trust.offers).isEmpty();
  }

  private static void packed(OutputStream out, SignatureHeaders signature, byte[] packed)
      throws IOException {
    RawPeer.write(
        out, RawPeer.head(200, signature, packed.length, "Content-Encoding: gzip\n"), packed);
  }

  private static void pingOrAnswer(
      RawPeer.Request request, OutputStream out, Identity who, byte[] body) throws IOException {
    if (request.path().equals("/ping")) {
      RawPeer.pong(out, who);
    } else {
      RawPeer.answer(out, who, body);
    }
  }

  private static String text(byte[] json) {
    return new String(json, UTF_8);
  }

  /** Sends nothing until the client hangs up. */
  private static void hang() throws InterruptedException {
    new CountDownLatch(1).await(20, TimeUnit.SECONDS);
  }
}
