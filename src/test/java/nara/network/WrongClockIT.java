package nara.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import nara.bus.Scheduler;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.Neighbour;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.Peer;
import nara.node.Blocking;
import nara.node.config.NodeConfig;
import nara.recovery.report.Report;
import nara.testing.Citizen;
import nara.testing.TestNode;
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
