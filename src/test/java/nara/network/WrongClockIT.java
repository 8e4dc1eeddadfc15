package nara.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import nara.bus.Scheduler;
import nara.discovery.DiscoveryConfig;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.Neighbour;
import nara.event.Event;
import nara.event.json.RawEvents;
import nara.identity.Identity;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.PingResponse;
import nara.node.Blocking;
import nara.node.config.NodeConfig;
import nara.recovery.report.Report;
import nara.testing.Citizen;
import nara.testing.TestNode;
import nara.trust.OfferSource;
import nara.trust.TrustRequest;
import org.junit.jupiter.api.Test;

/** Nodes whose clocks differ by an hour. */
class WrongClockIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static Scheduler clockWith(Duration offset) {
    return Scheduler.of(() -> Instant.now().plus(offset));
  }

  private static TestNode node(
      String name, Duration offset, List<byte[]> events, UnaryOperator<NodeConfig> config) {
    return TestNode.start(name, events, config, progressed -> {}, clockWith(offset));
  }

  private static List<byte[]> events() {
    Citizen writer = Citizen.named("writer");
    List<byte[]> events = new ArrayList<>(List.of(writer.heyThere(1_768_800_000_000_000_000L, "")));
    for (int i = 0; i < 20; i++) {
      events.add(writer.tease(1_768_800_001_000_000_000L + i, "x" + i));
    }
    return events;
  }

  @Test
  void node_an_hour_behind_its_two_neighbours_doubts_its_own_clock_and_blames_nobody() {
    Duration hour = Duration.ofHours(1);
    AtomicReference<Duration> offset = new AtomicReference<>(Duration.ZERO);
    try (TestNode bart = node("clock-bart", hour, events(), config -> config);
        TestNode lisa = node("clock-lisa", hour, events(), config -> config);
        TestNode late =
            TestNode.start(
                "clock-late",
                List.of(),
                TestNode.withPeers(bart.configuredPeer(), lisa.configuredPeer()),
                progressed -> {},
                Scheduler.of(() -> Instant.now().plus(offset.get())))) {
      Report report = late.report();

      assertThat(report.reasons())
          .anyMatch(
              reason ->
                  reason.contains("this node's clock seems to be 1 h behind that of 2 neighbours"));
      assertThat(report.neighbours())
          .hasSize(2)
          .allSatisfy(neighbour -> assertThat(neighbour.dropReason()).isEmpty());
      assertThat(discover(late).neighbours()).hasSize(2).allMatch(Neighbour::online);

      // The operator sets the clock.
      offset.set(hour);
      assertThat(discover(late).problems()).isEmpty();
      assertThat(fetch(late, bart)).isInstanceOf(MeshRequest.PageFetched.class);
    }
  }

  private static NeighbourList discover(TestNode node) {
    return Blocking.await(
        node.node()
            .bus()
            .request(DiscoveryRequest.ADDRESS, new DiscoveryRequest.RunDiscovery(), TIMEOUT),
        TIMEOUT);
  }

  private static MeshRequest.FetchOutcome fetch(TestNode node, TestNode from) {
    Peer peer = new Peer(from.node().identity().name(), from.address());
    Query all = new Query.Page(Long.MIN_VALUE, 100, Query.Filter.ALL);
    return Blocking.await(
        node.node()
            .bus()
            .request(MeshRequest.ADDRESS, new MeshRequest.FetchPage(peer, all, TIMEOUT), TIMEOUT),
        TIMEOUT);
  }

  @Test
  void two_strangers_400_days_behind_do_not_keep_out_honest_events() {
    Vertx vertx = Vertx.vertx();
    int port = servePingsOfOldTime(vertx, "127.0.0.2", 0);
    servePingsOfOldTime(vertx, "127.0.0.3", port);
    try (TestNode late =
        node("clock-alone", Duration.ZERO, List.of(), config -> strangers(config, port))) {
      assertThat(discover(late).problems()).anyMatch(problem -> problem.contains("400 d ahead"));
      Citizen writer = Citizen.named("writer");
      long now = Event.unixNanos(Instant.now());
      List<byte[]> honest = new ArrayList<>(List.of(writer.heyThere(now, "")));
      for (int i = 0; i < 99; i++) {
        honest.add(writer.tease(now + i, "x" + i));
      }
      Blocking.await(
          late.node()
              .bus()
              .request(
                  TrustRequest.ADDRESS,
                  new TrustRequest.OfferEvents(OfferSource.peer("bart"), RawEvents.join(honest)),
                  TIMEOUT),
          TIMEOUT);

      assertThat(late.heldCorpus()).hasSize(honest.size());
    } finally {
      Blocking.await(vertx.close(), TIMEOUT);
    }
  }

  /** The configured peer is down, and the range has two naras. */
  private static NodeConfig strangers(NodeConfig config, int port) {
    return config.with(
        new DiscoveryConfig(
            List.of(new DiscoveryConfig.ConfiguredPeer("", "127.0.0.1:1")),
            Optional.of(new DiscoveryConfig.Scan("127.0.0.0/29", port)),
            "",
            Duration.ofSeconds(1),
            50,
            true));
  }

  private static int servePingsOfOldTime(Vertx vertx, String host, int port) {
    Identity stranger = Citizen.named("stranger-" + host).identity();
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  Instant old = Instant.now().minus(Duration.ofDays(400));
                  request.response().end(Buffer.buffer(PingResponse.write(stranger, host, old)));
                });
    return Blocking.await(server.listen(port, host), TIMEOUT).actualPort();
  }

  @Test
  void one_neighbour_with_a_wrong_clock_is_no_reason_to_doubt_the_own() {
    try (TestNode right = node("clock-right", Duration.ZERO, events(), config -> config);
        TestNode wrong = node("clock-wrong", Duration.ofHours(1), events(), config -> config);
        TestNode late =
            node(
                "clock-late",
                Duration.ZERO,
                List.of(),
                TestNode.withPeers(right.configuredPeer(), wrong.configuredPeer()))) {
      Report report = late.report();

      assertThat(report.reasons()).noneMatch(reason -> reason.contains("this node's clock"));
      assertThat(late.heldCorpus()).hasSize(events().size());
      assertThat(report.neighbours())
          .filteredOn(neighbour -> neighbour.name().equals("clock-wrong"))
          .allSatisfy(neighbour -> assertThat(neighbour.dropReason()).isEmpty());
    }
  }
}
