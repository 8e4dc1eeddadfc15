package nara.mesh.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static nara.mesh.TestMesh.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.mesh.FakeLedgerVerticle;
import nara.mesh.FakeTrustVerticle;
import nara.mesh.ListenPort;
import nara.mesh.MeshConfig;
import nara.mesh.MeshNode;
import nara.mesh.TestMesh;
import nara.mesh.client.MeshTransport;
import nara.mesh.wire.MeshLimits;
import nara.testing.Citizen;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that misuse HTTP itself: each costs the server no more than the limits say. */
class HostileHttpIT {
  private static final Identity ZOE = Citizen.named("zoe").identity();
  private static final Identity BART = Citizen.named("bart").identity();
  private static final String LOCAL = "127.0.0.1";

  private static final ServerLimits LIMITS =
      new ServerLimits(
          16 << 20,
          16 << 20,
          Duration.ofSeconds(1),
          64 * 1024,
          Duration.ofMillis(500),
          Duration.ofSeconds(1),
          Duration.ofSeconds(5));

  private final List<RawClient> clients = new ArrayList<>();
  private Vertx vertx;
  private int port;

  @BeforeEach
  void serve() throws Exception {
    vertx = Vertx.vertx();
    Keyring keys = new Keyring();
    keys.learn("bart", "", BART.keys().publicKey(), Origin.CONFIG);
    await(vertx.deployVerticle(new FakeLedgerVerticle(List.of())));
    await(vertx.deployVerticle(new FakeTrustVerticle()));
    MeshConfig config = MeshConfig.defaults().listeningOn(LOCAL, 0);
    ListenPort listens = new ListenPort();
    MeshNode node =
        new MeshNode(ZOE, keys, config, TestMesh.verifier(), Scheduler.system(), listens);
    await(
        vertx.deployVerticle(
            new MeshServerVerticle(
                node,
                name -> Optional.empty(),
                server -> new MeshTransport(server, node),
                LIMITS)));
    port = listens.port().orElseThrow();
  }

  @AfterEach
  void close() throws Exception {
    for (RawClient client : clients) {
      client.close();
    }
    await(vertx.close());
  }

  private RawClient client() throws IOException {
    RawClient client = new RawClient(LOCAL, port);
    clients.add(client);
    return client;
  }

  /** An honest client elsewhere is served. */
  private void assertServing() throws IOException {
    try (RawClient honest = new RawClient("127.0.0.2", port)) {
      assertThat(honest.send("GET /ping HTTP/1.1\r\nHost: x\r\n\r\n").status()).isEqualTo(200);
    }
  }

  @Test
  void head_that_comes_byte_by_byte_ends_its_connection() throws Exception {
    RawClient slow = client();
    Thread.startVirtualThread(
        () -> {
          try {
            for (byte each : ("GET /ping HTTP/1.1\r\nX: " + "x".repeat(1_000)).getBytes(UTF_8)) {
              slow.send(new byte[] {each});
              Thread.sleep(50);
            }
          } catch (IOException | InterruptedException closed) {
            Thread.currentThread().interrupt();
          }
        });

    assertThat(slow.read()).isEqualTo(-1);
    assertThat(refused(ServerCounts.CONNECTIONS_TIMED_OUT)).isPositive();
    assertServing();
  }

  @Test
  void small_body_that_comes_byte_by_byte_ends_its_connection() throws Exception {
    RawClient slow = client().send(RawClient.head(BART, "/events/sync", 100) + "{");

    assertThat(slow.read()).isEqualTo(-1);
    assertServing();
  }

  @Test
  void many_headers_are_refused() throws Exception {
    RawClient many = client();
    many.send("GET /ping HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n".repeat(10_000) + "\r\n");

    assertThat(many.status()).isEqualTo(431);
    assertServing();
  }

  @Test
  void refusal_of_a_head_has_a_sentence() throws Exception {
    RawClient many = client();
    many.send(
        "GET /ping HTTP/1.1\r\nHost: x\r\nA: " + "b".repeat(MeshLimits.HEADER_BYTES) + "\r\n");
    assertThat(many.readAll()).contains(" 431 ").endsWith("the headers are too large\n");
    RawClient longPath =
        client().send("GET /" + "a".repeat(MeshLimits.LINE_BYTES) + " HTTP/1.1\r\n\r\n");
    assertThat(longPath.readAll()).contains(" 414 ").endsWith("the path and query are too long\n");
    RawClient wrong = client().send("GET /ping HTTP/9\r\n\r\n");
    assertThat(wrong.readAll()).contains(" 400 ").endsWith("the request is malformed\n");
  }

  @Test
  void trailers_of_a_chunked_body_are_bounded() throws Exception {
    RawClient many = client();
    many.send(RawClient.head(BART, "/events/sync", -1) + "0\r\n" + "A: b\r\n".repeat(10_000));

    assertThat(many.status()).isIn(400, 431, -1);
    assertServing();
  }

  @Test
  void pipelined_requests_whose_responses_are_not_read_stop_the_server_from_reading()
      throws Exception {
    RawClient flood = client();
    byte[] pings = "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1_000).getBytes(UTF_8);
    AtomicLong sent = new AtomicLong();
    Thread writer =
        Thread.startVirtualThread(
            () -> {
              try {
                while (true) {
                  flood.send(pings);
                  sent.addAndGet(1_000);
                }
              } catch (IOException closed) {
                // The end of the test.
              }
            });
    long before;
    do {
      before = sent.get();
      Thread.sleep(500);
    } while (sent.get() > before && sent.get() < 2_000_000);

    // Both kernels hold some megabytes.
    assertThat(sent.get()).isLessThan(2_000_000);
    assertServing();
    flood.close();
    writer.join();
  }

  @Test
  void client_that_expects_a_continue_gets_one_and_then_its_response() throws Exception {
    RawClient polite = client();
    String zine = "{\"from\":\"bart\",\"events\":[" + " ".repeat(64 * 1024) + "]}";
    String head =
        RawClient.head(BART, "/gossip/zine", zine.length())
            .replace("Host: x\r\n", "Host: x\r\nExpect: 100-continue\r\n");
    polite.send(head);

    assertThat(polite.status()).isEqualTo(100);
    assertThat(polite.send(zine).status()).as("read, but not signed").isEqualTo(403);
  }

  @Test
  void body_over_the_limit_is_refused_before_it_is_sent() throws Exception {
    assertThat(client().send(RawClient.head(BART, "/gossip/zine", 1L << 40)).status())
        .isEqualTo(413);
  }

  @Test
  void compressed_request_is_not_decompressed() throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      for (int i = 0; i < 50; i++) {
        gzip.write(new byte[1 << 20]);
      }
    }
    String head =
        RawClient.head(BART, "/gossip/zine", packed.size())
            .replace("Host: x\r\n", "Host: x\r\nContent-Encoding: gzip\r\n");

    assertThat(client().send(head).send(packed.toByteArray()).status()).isEqualTo(400);
  }

  @Test
  void http2_is_not_spoken() throws Exception {
    assertThat(client().send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status()).isNotEqualTo(200);
    String upgrade =
        "GET /ping HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
            + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n";
    assertThat(client().send(upgrade).status()).isEqualTo(200);
    assertServing();
  }

  private long refused(String reason) throws Exception {
    return await(
            Bus.of(vertx)
                .request(
                    MeshServerRequest.ADDRESS,
                    new MeshServerRequest.GetServerUsage(),
                    Duration.ofSeconds(5)))
        .refused()
        .getOrDefault(reason, 0L);
  }
}
