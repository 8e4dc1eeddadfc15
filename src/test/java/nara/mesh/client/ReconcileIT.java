package nara.mesh.client;

import static nara.mesh.TestMesh.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.event.Event;
import nara.event.Social;
import nara.event.Verdict;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.Standing;
import nara.ledger.Ledger;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerVerticle;
import nara.mesh.ListenPort;
import nara.mesh.MeshConfig;
import nara.mesh.MeshNode;
import nara.mesh.TestMesh;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.PeerReconciled;
import nara.mesh.client.MeshRequest.ReconcileOutcome;
import nara.mesh.client.MeshRequest.ReconcileWithPeer;
import nara.mesh.server.PeerDirectory;
import nara.testing.Citizen;
import nara.trust.TrustConfig;
import nara.trust.TrustVerticle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Two nodes compare their ledgers over real sockets. The tests also check the cost in rounds and in
 * bytes.
 */
class ReconcileIT {
  private static final long SECOND = 1_000_000_000L;
  private static final long START = 1_768_800_000L * SECOND;
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private final List<Node> nodes = new ArrayList<>();

  /** A ledger with trust and mesh, on its own Vert.x instance. */
  private record Node(Vertx vertx, Identity identity, Keyring keys, ListenPort listenPort) {
    Bus bus() {
      return Bus.of(vertx);
    }

    Peer peer() {
      return new Peer(identity.name(), "127.0.0.1:" + listenPort.port().orElseThrow());
    }

    ReconcileOutcome with(Node other) throws Exception {
      return ask(new ReconcileWithPeer(other.peer(), Long.MIN_VALUE, Duration.ofSeconds(30)));
    }

    PeerReconciled comparedWith(Node other) throws Exception {
      PeerReconciled reconciled = (PeerReconciled) with(other);
      assertThat(reconciled.incompleteReason()).isEmpty();
      return reconciled;
    }

    private ReconcileOutcome ask(ReconcileWithPeer peer) throws Exception {
      return bus()
          .request(MeshRequest.ADDRESS, peer, TIMEOUT)
          .toCompletionStage()
          .toCompletableFuture()
          .get(2, TimeUnit.MINUTES);
    }

    List<String> held() throws Exception {
      return await(bus().request(LedgerRequest.ADDRESS, new LedgerRequest.ExportEvents(), TIMEOUT))
          .events()
          .stream()
          .map(event -> new String(event.json(), StandardCharsets.UTF_8))
          .toList();
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (Node node : nodes) {
      await(node.vertx().close());
    }
  }

  private Node node(String name, List<Event> events) throws Exception {
    Vertx vertx = Vertx.vertx();
    Identity identity = Citizen.named(name).identity();
    Keyring keys = new Keyring();
    for (String other : List.of("lisa", "bart", "maggie")) {
      keys.learn(other, "", Citizen.named(other).key(), Origin.CONFIG);
    }
    Ledger ledger = new Ledger(LedgerConfig.ofSize(320_000), known -> Standing.ESTABLISHED);
    ledger.merge(events.stream().map(event -> new JudgedEvent(event, Verdict.UNSIGNED)).toList());
    ListenPort port = new ListenPort();
    MeshConfig config = MeshConfig.defaults().listeningOn("127.0.0.1", 0);
    InstantSource clock = InstantSource.system();
    await(
        vertx.deployVerticle(
            new LedgerVerticle(ledger, new Random(1)),
            new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER)));
    await(
        vertx.deployVerticle(
            new TrustVerticle(TrustConfig.defaults(), TestMesh.verifier(), keys, clock)));
    await(
        vertx.deployVerticle(
            new MeshSyncVerticle(
                new MeshNode(
                    identity, keys, config, TestMesh.verifier(), Scheduler.of(clock), port))));
    await(
        vertx.deployVerticle(
            TestMesh.server(identity, keys, config, TestMesh.verifier(), clock, nowhere(), port)));
    Node node = new Node(vertx, identity, keys, port);
    nodes.add(node);
    return node;
  }

  private static PeerDirectory nowhere() {
    return new PeerDirectory() {
      @Override
      public Optional<String> addressOf(String name) {
        return Optional.empty();
      }

      @Override
      public List<String> reachableNames() {
        return List.of();
      }
    };
  }

  /** Events in the order they came: each up to half a minute later than it happened. */
  private static List<Event> history(int count) {
    Random random = new Random(7);
    List<Event> events = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      events.add(event(START + i * SECOND - random.nextLong(30 * SECOND), i, ""));
    }
    return events;
  }

  private static Event event(long ts, int number, String actorId) {
    return Citizen.read(
            Citizen.unsigned(
                ts,
                new Social(
                    "tease", "c" + number % 40, actorId, "c" + number % 37, "", "n" + number, "")))
        .event();
  }

  @Test
  void a_restart_that_misses_the_last_thousand_of_80_000_costs_three_round_trips_and_little_more()
      throws Exception {
    List<Event> all = history(80_000);
    Node lisa = node("lisa", all.subList(0, 79_000));
    Node bart = node("bart", all);
    Node maggie = node("maggie", all);

    PeerReconciled first = lisa.comparedWith(bart);
    PeerReconciled second = lisa.comparedWith(maggie);

    assertThat(lisa.held()).hasSize(80_000).isEqualTo(bart.held());
    assertThat(first.missing()).isEqualTo(1_000);
    assertThat(first.offerResult().added()).isEqualTo(1_000);
    assertThat(first.rounds() + first.fetchRequests()).isLessThanOrEqualTo(3);
    assertThat(first.comparedBytes() + second.comparedBytes()).isLessThanOrEqualTo(100 * 1_000);
    assertThat(second.rounds() + second.fetchRequests()).isEqualTo(1);
    assertThat(second.missing()).isZero();
    System.out.printf(
        "1,000 of 80,000 lacking: %d messages and %d fetches, %d bytes beside the events; then"
            + " %d%n",
        first.rounds(), first.fetchRequests(), first.comparedBytes(), second.comparedBytes());
  }

  @Test
  void equal_ledgers_of_320_000_cost_one_round_trip_and_under_400_bytes() throws Exception {
    List<Event> all = history(320_000);
    Node lisa = node("lisa", all);
    Node bart = node("bart", all);

    PeerReconciled cold = lisa.comparedWith(bart);
    PeerReconciled again = lisa.comparedWith(bart);

    assertThat(cold.rounds()).isEqualTo(1);
    assertThat(cold.fetchRequests()).isZero();
    assertThat(cold.comparedBytes()).isLessThanOrEqualTo(400);
    assertThat(again.comparedBytes()).isEqualTo(cold.comparedBytes());
    System.out.printf("equal ledgers of 320,000: %d bytes%n", cold.comparedBytes());
  }

  @Test
  void reconciliation_finds_differences_from_both_sides() throws Exception {
    List<Event> all = history(6_000);
    Node lisa = node("lisa", every(all, 50, 1));
    Node bart = node("bart", every(all, 30, 2));

    lisa.comparedWith(bart);
    PeerReconciled back = bart.comparedWith(lisa);

    assertThat(lisa.held()).hasSize(6_000).isEqualTo(bart.held());
    assertThat(back.surplus()).isZero();
  }

  /** All events but every n-th. */
  private static List<Event> every(List<Event> all, int modulus, int leftOut) {
    List<Event> kept = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (i % modulus != leftOut) {
        kept.add(all.get(i));
      }
    }
    return kept;
  }

  @Test
  void reconciliation_of_two_forms_of_one_event_converges() throws Exception {
    List<Event> common = history(1_200);
    List<Event> mine = new ArrayList<>(common);
    List<Event> theirs = new ArrayList<>(common);
    mine.add(event(START, -1, "aaa"));
    theirs.add(event(START, -1, "bbb"));
    Node lisa = node("lisa", mine);
    Node bart = node("bart", theirs);

    // Lisa holds the smaller form: she fetches the other form once, and not again.
    assertThat(lisa.comparedWith(bart).fetchRequests()).isEqualTo(1);
    PeerReconciled again = lisa.comparedWith(bart);
    assertThat(again.missing()).isEqualTo(1);
    assertThat(again.fetchRequests()).isZero();

    bart.comparedWith(lisa);
    assertThat(bart.held()).isEqualTo(lisa.held()).hasSize(1_201);
    assertThat(lisa.comparedWith(bart).missing()).isZero();
  }

  @Test
  void reconciliation_ignores_events_before_the_requested_time() throws Exception {
    List<Event> all = history(2_000);
    Node lisa = node("lisa", List.of());
    Node bart = node("bart", all);
    long since = all.get(1_500).ts();

    PeerReconciled reconciled =
        (PeerReconciled)
            lisa.ask(new ReconcileWithPeer(bart.peer(), since, Duration.ofSeconds(30)));

    assertThat(reconciled.isComplete()).isTrue();
    assertThat(lisa.held())
        .isEqualTo(
            all.stream()
                .filter(event -> event.ts() >= since)
                .sorted((a, b) -> Long.compare(a.ts(), b.ts()))
                .map(event -> new String(event.json(), StandardCharsets.UTF_8))
                .toList());
  }
}
