package nara.mesh.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static nara.mesh.TestMesh.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Scheduler;
import nara.event.Event;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.ledger.LedgerRequest;
import nara.mesh.FakeTrustVerticle;
import nara.mesh.ListenPort;
import nara.mesh.MeshConfig;
import nara.mesh.MeshNode;
import nara.mesh.TestMesh;
import nara.mesh.client.MeshTransport;
import nara.mesh.server.MeshServerRequest.ServerUsage;
import nara.mesh.wire.RequestSignature;
import nara.mesh.wire.SignatureHeaders;
import nara.testing.Citizen;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Peers that try to use up what the server has for all, over real sockets. */
class ServerBudgetIT {
  private static final Identity ZOE = Citizen.named("zoe").identity();
  private static final Identity BART = Citizen.named("bart").identity();
  private static final int MEGABYTE = 1 << 20;

  /** Far less than the attackers ask for. */
  private static final ServerLimits LIMITS =
      new ServerLimits(
          32L * MEGABYTE,
          16L * MEGABYTE,
          Duration.ofSeconds(2),
          64 * 1024,
          Duration.ofMillis(500),
          Duration.ofSeconds(2),
          Duration.ofSeconds(5));

  /** On an idle machine it takes a second at most, while the server makes room. */
  private static final Duration PROMPT = Duration.ofSeconds(4);

  private static final String ATTACKER = "127.0.0.1";
  private static final String ELSEWHERE = "127.0.0.2";

  private final Keyring keys = new Keyring();
  private final Map<String, String> directory = new HashMap<>();
  private final List<RawClient> clients = Collections.synchronizedList(new ArrayList<>());
  private Vertx vertx;
  private int port;

  @BeforeEach
  void serve() throws Exception {
    vertx = Vertx.vertx();
    know(BART);
    List<Event> tease = TestMesh.teases(Citizen.named("lisa"), 1);
    // 3.5 MB: the kernel takes up to three of them, whether the client reads or not.
    List<Event> large = Collections.nCopies(9_000, tease.getFirst());
    Bus.of(vertx)
        .serve(LedgerRequest.ADDRESS, LedgerRequest.class, request -> answered(request, large));
    await(vertx.deployVerticle(new FakeTrustVerticle()));
    MeshConfig usual = MeshConfig.defaults().listeningOn("127.0.0.1", 0);
    ListenPort listens = new ListenPort();
    MeshNode node =
        new MeshNode(ZOE, keys, usual, TestMesh.verifier(), Scheduler.system(), listens);
    await(
        vertx.deployVerticle(
            new MeshServerVerticle(
                node,
                name -> Optional.ofNullable(directory.get(name)),
                server -> new MeshTransport(server, node),
                LIMITS)));
    port = listens.port().orElseThrow();
  }

  private static Future<? extends BusMessage> answered(
      LedgerRequest<?> request, List<Event> events) {
    return request instanceof LedgerRequest.QueryEvents
        ? Future.succeededFuture(new LedgerRequest.QueryResult(events, Optional.empty()))
        : Future.failedFuture("not asked here");
  }

  @AfterEach
  void close() throws Exception {
    for (RawClient client : clients) {
      client.close();
    }
    await(vertx.close());
  }

  private Identity know(Identity who) {
    keys.learn(who.name(), "", who.keys().publicKey(), Origin.CONFIG);
    return who;
  }

  private RawClient client(String from) throws IOException {
    RawClient client = new RawClient(from, port);
    clients.add(client);
    return client;
  }

  private ServerUsage counts() throws Exception {
    return await(
        Bus.of(vertx)
            .request(
                MeshServerRequest.ADDRESS,
                new MeshServerRequest.GetServerUsage(),
                Duration.ofSeconds(5)));
  }

  /** The statuses of honest requests, one after the other, none of which waits long. */
  private List<Integer> honestStatuses(String from, int requests) throws Exception {
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      long start = System.nanoTime();
      try (RawClient honest = new RawClient(from, port)) {
        statuses.add(honest.send(RawClient.sync(BART)).status());
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PROMPT);
    }
    return statuses;
  }

  private static List<Integer> allServed(int requests) {
    return Collections.nCopies(requests, 200);
  }

  @Test
  void bodies_without_their_last_byte_stay_within_the_budget_and_honest_peers_are_served()
      throws Exception {
    byte[] almost = new byte[8 * MEGABYTE - 1];
    List<Identity> many =
        IntStream.range(0, 8).mapToObj(i -> know(Citizen.named("m" + i).identity())).toList();
    for (int i = 0; i < 120; i++) {
      RawClient attacker = client(ATTACKER);
      String head = RawClient.head(many.get(i % 8), "/gossip/zine", 8 * MEGABYTE);
      Thread.startVirtualThread(
          () -> {
            try {
              attacker.send(head).send(almost);
            } catch (IOException closed) {
              // The server may close it.
            }
          });
    }

    assertThat(honestStatuses(ELSEWHERE, 5)).isEqualTo(allServed(5));
    assertThat(honestStatuses(ATTACKER, 5)).as("same address").isEqualTo(allServed(5));
    assertThat(counts().bodyBytes()).isBetween(1L, LIMITS.bodyBytes());
    String zine = "{\"from\":\"bart\",\"events\":[" + " ".repeat(64 * 1024) + "]}";
    RawClient honest = client(ELSEWHERE);
    honest.send(RawClient.head(BART, "/gossip/zine", zine.length()) + zine);
    assertThat(honest.status()).as("a body that is not small").isNotEqualTo(503).isPositive();
  }

  @Test
  void slow_readers_with_many_names_do_not_lock_out_other_addresses() throws Exception {
    for (int i = 0; i < 32; i++) {
      askWithoutReading(know(Citizen.named("m" + i).identity()));
    }

    assertThat(honestStatuses(ELSEWHERE, 15)).isEqualTo(allServed(15));
    assertThat(counts().responseBytes()).isBetween(1L, 2 * LIMITS.responseBytes());
  }

  @Test
  void slow_reader_does_not_lock_out_other_names_at_its_address() throws Exception {
    Identity attacker = know(Citizen.named("moe").identity());
    for (int i = 0; i < 32; i++) {
      askWithoutReading(attacker);
    }

    assertThat(honestStatuses(ATTACKER, 15)).isEqualTo(allServed(15));
  }

  private RawClient askWithoutReading(Identity who) throws IOException {
    RawClient client = new RawClient(ATTACKER, port, 4_096);
    clients.add(client);
    return client.send(RawClient.sync(who));
  }

  @Test
  void response_that_is_not_read_ends_its_connection() throws Exception {
    askWithoutReading(BART);
    waitFor(ServerCounts.SLOW_READERS);

    assertThat(counts().responseBytes()).isZero();
  }

  @Test
  void slow_but_steady_reader_gets_its_whole_response() throws Exception {
    try (RawClient slow = new RawClient(ELSEWHERE, port, 4_096)) {
      slow.send(RawClient.sync(BART));
      byte[] buffer = new byte[16 * 1024];
      int total = 0;
      // At a megabyte a second it takes longer than the window.
      for (int read = slow.read(buffer); read >= 0 && total < 3_400_000; read = slow.read(buffer)) {
        total += read;
        Thread.sleep(Duration.ofNanos(read * 1_000L));
      }
      assertThat(total).isGreaterThanOrEqualTo(3_400_000);
    }
  }

  @Test
  void body_that_comes_too_slowly_ends_its_connection() throws Exception {
    RawClient slow = client(ATTACKER);
    slow.send(RawClient.head(BART, "/gossip/zine", MEGABYTE)).send(new byte[1_000]);

    assertThat(slow.read()).isEqualTo(-1);
    assertThat(counts().refused()).containsKey(ServerCounts.SLOW_BODIES);
    assertThat(counts().bodyBytes()).isZero();
  }

  @Test
  void chunked_body_without_end_stays_within_the_limit() throws Exception {
    RawClient endless = client(ATTACKER);
    endless.send(RawClient.head(BART, "/gossip/zine", -1));
    byte[] chunk = ("10000\r\n" + "x".repeat(65_536) + "\r\n").getBytes(UTF_8);
    Thread.startVirtualThread(
        () -> {
          try {
            while (true) {
              endless.send(chunk);
            }
          } catch (IOException closed) {
            // As it should.
          }
        });

    assertThat(endless.status()).isEqualTo(413);
    assertThat(counts().bodyBytes()).isZero();
    while (endless.read() >= 0) {
      // Until the server closes it.
    }
  }

  private void waitFor(String reason) throws Exception {
    long until = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    while (!counts().refused().containsKey(reason)) {
      assertThat(System.nanoTime()).as("%s in %s", reason, counts()).isLessThan(until);
      Thread.sleep(50);
    }
  }

  // Replays.

  @Test
  void replayed_requests_do_not_use_up_the_quota_of_their_sender() throws Exception {
    SignatureHeaders captured = RequestSignature.sign(BART, Instant.now(), "POST", "/coordinates");
    captured = RequestSignature.sign(BART, Instant.now(), "POST", "/gossip/zine");
    String replay = RawClient.head(captured, "/gossip/zine", 0);
    RawClient attacker = client(ATTACKER);
    int status = 0;
    for (int i = 0; i < 10_000 && status != 429; i++) {
      status = attacker.send(replay).status();
    }

    assertThat(status).isEqualTo(429);
    assertThat(honestStatuses(ATTACKER, 25)).as("same address").isEqualTo(allServed(25));
    assertThat(honestStatuses(ELSEWHERE, 25)).isEqualTo(allServed(25));
  }

  @Test
  void replay_from_another_address_is_refused_and_the_sender_at_its_own_is_served()
      throws Exception {
    directory.put("bart", ELSEWHERE + ":7433");
    SignatureHeaders both = RequestSignature.sign(BART, Instant.now(), "POST", "/events/sync");

    assertThat(client(ATTACKER).send(RawClient.sync(both)).status())
        .as("an unknown address of the first is no replay")
        .isEqualTo(200);
    assertThat(client(ELSEWHERE).send(RawClient.sync(both)).status())
        .as("bart signed two in one millisecond")
        .isEqualTo(200);
    assertThat(client(ELSEWHERE).send(RawClient.sync(both)).status()).isEqualTo(200);
    assertThat(client("127.0.0.3").send(RawClient.sync(both)).status()).isEqualTo(401);
    assertThat(counts().refused()).containsEntry(ServerCounts.REPLAYED, 1L);
  }
}
