package nara.recovery;

import static nara.testing.TestNode.withPeers;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import nara.demo.Corpus;
import nara.node.Blocking;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;
import nara.node.config.Transport;
import nara.recovery.RecoveryConfig.Rung;
import nara.recovery.report.Report;
import nara.testing.Altered;
import nara.testing.Citizen;
import nara.testing.FaultyPeer;
import nara.testing.Mosquitto;
import nara.testing.RecordCopy;
import nara.testing.TestNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Recoveries of whole nodes over real sockets and a real Mosquitto. */
class RecoveryIT {
  private static Corpus corpus;
  private static List<byte[]> half;
  private static List<byte[]> otherHalf;

  @BeforeAll
  static void makeHistory() {
    corpus = Corpus.generate(4_000, 20, 7, Instant.now());
    half = part(0);
    otherHalf = part(1);
  }

  @Test
  void recovery_merges_two_halves_byte_for_byte() {
    try (TestNode alice = TestNode.holding("alice", half);
        TestNode bob = TestNode.holding("bob", otherHalf);
        TestNode fresh = fresh(withPeers(alice.configuredPeer(), bob.configuredPeer()))) {
      Report report = fresh.report();

      assertThat(report.outcome()).as(report.toString()).isEqualTo("complete");
      Set<String> held = fresh.heldCorpus();
      assertThat(held).containsAll(texts(corpus.events()));
      Set<String> fromNeighbours = alice.heldCorpus();
      fromNeighbours.addAll(bob.heldCorpus());
      assertThat(fromNeighbours).containsAll(held);
      assertThat(report.neighbours())
          .extracting(Report.NeighbourTotals::name)
          .containsExactlyInAnyOrder("alice", "bob");
      assertThat(report.neighbours()).allSatisfy(n -> assertThat(n.added()).isPositive());
      assertThat(report.pingTimesSeeded()).isPositive();
    }
  }

  @Test
  void recovery_is_partial_when_a_neighbour_is_killed() {
    try (TestNode alice = TestNode.holding("alice", half);
        TestNode bob = TestNode.holding("bob", otherHalf)) {
      AtomicBoolean killed = new AtomicBoolean();
      try (TestNode fresh =
          TestNode.start(
              "fresh",
              List.of(),
              withPeers(alice.configuredPeer(), bob.configuredPeer())
                      .andThen(asReference())
                      .andThen(manyCalls())
                  ::apply,
              progressed -> {
                if (progressed.callsCompleted() > 4 && killed.compareAndSet(false, true)) {
                  Thread.ofVirtual().start(bob::close);
                }
              })) {
        Report report = fresh.report();
        assertThat(report.outcome()).as(report.toString()).isEqualTo("partial");
        assertThat(report.reasons()).anyMatch(reason -> reason.startsWith("bob "));
        assertThat(fresh.heldCorpus()).containsAll(texts(half));
      }
    }
  }

  @Test
  void report_before_the_end_counts_the_events_of_the_ledger() {
    UnaryOperator<NodeConfig> waiting =
        config -> config.with(RecoveryConfig.defaults(config.memory().mode()));
    try (TestNode alice = TestNode.start("alice", half, waiting, progressed -> {})) {
      RecoveryRequest.CurrentReport current =
          Blocking.await(
              alice
                  .node()
                  .bus()
                  .request(
                      RecoveryRequest.ADDRESS,
                      new RecoveryRequest.GetRecoveryReport(),
                      Duration.ofSeconds(60)),
              Duration.ofSeconds(60));
      assertThat(current.report().outcome()).isEqualTo("running");
      assertThat(current.report().ledgerTotals().total()).isEqualTo(alice.heldEvents().size());
    }
  }

  @Test
  void recovery_is_isolated_when_no_neighbour_exists() {
    try (TestNode fresh = fresh(withPeers("ghost@127.0.0.1:9"))) {
      Report report = fresh.report();
      assertThat(report.outcome()).isEqualTo("isolated");
      assertThat(report.reasons()).anyMatch(reason -> reason.contains("ghost"));
    }
  }

  @Test
  void report_names_unreachable_broker() {
    try (TestNode fresh =
        fresh(config -> config.with(config.plaza().withUrl("mqtt://127.0.0.1:9")))) {
      Report report = fresh.report();
      assertThat(report.outcome()).isEqualTo("isolated");
      assertThat(report.reasons()).anyMatch(reason -> reason.startsWith("the plaza: "));
    }
  }

  @Test
  void plaza_recovers_social_events_when_mesh_is_off() {
    try (Mosquitto broker = Mosquitto.start();
        TestNode alice = TestNode.start("alice", half, onlyPlaza(broker.url()), progressed -> {});
        TestNode fresh =
            TestNode.start("fresh", List.of(), onlyPlaza(broker.url()), progressed -> {})) {
      Report report = fresh.report();

      assertThat(report.outcome()).as(report.toString()).isEqualTo("complete");
      assertThat(report.stageReports())
          .anyMatch(s -> s.name().equals("plaza") && s.outcome().equals("complete"));
      Set<String> ids = socialIds(alice.heldCorpus());
      assertThat(ids).isNotEmpty();
      assertThat(socialIds(fresh.heldCorpus())).containsAll(ids);
    }
  }

  @Test
  void recovery_falls_back_to_slices_when_a_neighbour_cannot_sample() throws Exception {
    for (int status : new int[] {404, 500}) {
      try (TestNode alice = TestNode.holding("alice", half);
          FaultyPeer proxy =
              FaultyPeer.proxying(alice.address()).failingWith(Pattern.compile("sample"), status);
          TestNode fresh =
              fresh(withPeers("alice@" + proxy.address()).andThen(asReference())::apply)) {
        Report report = fresh.report();
        assertThat(report.outcome()).as(report.toString()).isEqualTo("complete");
        assertThat(report.stageReports())
            .extracting(Report.StageReport::name)
            .contains("sample", "slices");
        assertThat(fresh.heldCorpus()).containsAll(texts(half));
      }
    }
  }

  @Test
  void slice_is_fetched_from_another_neighbour_when_one_fails() throws Exception {
    try (TestNode alice = TestNode.holding("alice", corpus.events());
        TestNode bob = TestNode.holding("bob", corpus.events());
        FaultyPeer noSample =
            FaultyPeer.proxying(alice.address()).failingWith(Pattern.compile("sample"), 404);
        FaultyPeer nothing =
            FaultyPeer.proxying(bob.address()).failingWith(Pattern.compile(""), 500);
        TestNode fresh =
            fresh(
                withPeers("alice@" + noSample.address(), "bob@" + nothing.address())
                        .andThen(asReference())
                    ::apply)) {
      Report report = fresh.report();
      assertThat(report.outcome()).as(report.toString()).isEqualTo("partial");
      assertThat(fresh.heldCorpus()).containsAll(texts(corpus.events()));
    }
  }

  @Test
  void forged_events_are_rejected_alone_and_never_served() {
    Citizen lisa = Citizen.named("lisa");
    long now = Instant.now().getEpochSecond() * 1_000_000_000L;
    List<byte[]> mixed = new ArrayList<>(half);
    mixed.add(lisa.heyThere(now - 100, ""));
    Set<String> bad = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      String good = new String(lisa.tease(now - i, "bart"), StandardCharsets.UTF_8);
      String forged = Altered.signature(good);
      bad.add(forged);
      mixed.add(forged.getBytes(StandardCharsets.UTF_8));
    }
    try (TestNode careless = TestNode.start("careless", mixed, believingAll(), progressed -> {});
        TestNode fresh = fresh(withPeers(careless.configuredPeer()))) {
      Report report = fresh.report();
      assertThat(report.outcome()).as(report.toString()).isEqualTo("complete");
      assertThat(report.eventTotals().verdicts()).containsKey("bad_signature");
      assertThat(fresh.heldCorpus()).containsAll(texts(half)).doesNotContainAnyElementsOf(bad);
    }
  }

  @Test
  void report_lists_a_name_that_two_keys_claim() {
    Citizen lisa = Citizen.named("lisa");
    Citizen impostor = Citizen.impostor("lisa");
    long now = Instant.now().getEpochSecond() * 1_000_000_000L;
    try (TestNode alice = TestNode.holding("alice", List.of(lisa.heyThere(now, "")));
        TestNode bob = TestNode.holding("bob", List.of(impostor.heyThere(now, "")));
        TestNode fresh = fresh(withPeers(alice.configuredPeer(), bob.configuredPeer()))) {
      assertThat(fresh.report().conflicts())
          .singleElement()
          .satisfies(
              conflict -> {
                assertThat(conflict.name()).isEqualTo("lisa");
                assertThat(conflict.keys())
                    .containsExactlyInAnyOrder(lisa.key().encoded(), impostor.key().encoded());
                assertThat(conflict.claimedBy()).isEmpty();
              });
    }
  }

  @Test
  void shutdown_ends_recovery_at_once_and_reports_it() {
    UnaryOperator<NodeConfig> patient =
        config -> config.with(config.recovery().withDiscoveryRetries(Duration.ofMinutes(10), 3));
    TestNode fresh = TestNode.start("fresh", List.of(), patient, progressed -> {});
    Instant before = Instant.now();
    fresh.close();
    assertThat(fresh.report().outcome()).isEqualTo("isolated");
    assertThat(fresh.report().reasons()).contains("the node stopped during the recovery");
    assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void report_of_a_stopped_recovery_counts_the_events_of_the_ledger() {
    UnaryOperator<NodeConfig> patient =
        config -> config.with(config.recovery().withDiscoveryRetries(Duration.ofMinutes(10), 3));
    TestNode full = TestNode.start("full", corpus.events(), patient, progressed -> {});
    full.close();
    assertThat(full.report().reasons()).contains("the node stopped during the recovery");
    assertThat(full.report().ledgerTotals().total()).isGreaterThanOrEqualTo(corpus.events().size());
  }

  private static TestNode fresh(UnaryOperator<NodeConfig> config) {
    return TestNode.start("fresh", List.of(), config, progressed -> {});
  }

  private static UnaryOperator<NodeConfig> asReference() {
    return config ->
        config.with(
            RecordCopy.with(
                config.recovery(), "ladder", List.of(Rung.SAMPLE, Rung.SLICES, Rung.PLAZA)));
  }

  private static UnaryOperator<NodeConfig> manyCalls() {
    return config ->
        config.with(
            RecordCopy.with(
                RecordCopy.with(config.recovery(), "sampleCapacity", 200_000),
                "samplePage",
                1_000));
  }

  private static UnaryOperator<NodeConfig> onlyPlaza(String url) {
    return config ->
        config
            .with(Transport.MQTT)
            .with(config.plaza().withUrl(url).withoutJitter())
            .with(config.recovery().withDiscoveryRetries(Duration.ofSeconds(4), 3));
  }

  /** The announcements, and every second event of the rest. */
  private static List<byte[]> part(int remainder) {
    List<byte[]> part = new ArrayList<>(corpus.events().subList(0, corpus.announcementCount()));
    for (int i = corpus.announcementCount(); i < corpus.events().size(); i++) {
      if (i % 2 == remainder) {
        part.add(corpus.events().get(i));
      }
    }
    return part;
  }

  /** The plaza transfers events unsigned and in another form, so only their ids are equal. */
  private static Set<String> socialIds(Set<String> events) {
    Set<String> ids = new TreeSet<>();
    for (String event : events) {
      if (event.contains("\"svc\":\"social\"")) {
        ids.add(event.substring(7, 39));
      }
    }
    return ids;
  }

  private static Set<String> texts(List<byte[]> events) {
    Set<String> texts = new TreeSet<>();
    events.forEach(event -> texts.add(new String(event, StandardCharsets.UTF_8)));
    return texts;
  }

  /** Merges all well-formed events. */
  private static UnaryOperator<NodeConfig> believingAll() {
    String json =
        """
        {"mesh": {"host": "127.0.0.1", "port": 0}, "web": {"enabled": false},
         "trust": {"policy": "reference"}, "recovery": {"first_wait": "0s", "tries": 1}}
        """;
    return config -> ConfigReader.read(json, Map.of(), 4_096).config().orElseThrow();
  }
}
