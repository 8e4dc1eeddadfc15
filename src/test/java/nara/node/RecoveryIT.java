package nara.node;

import static nara.testing.TestNode.knowing;
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
import nara.recovery.RecoveryConfig;
import nara.recovery.RecoveryConfig.Rung;
import nara.recovery.RecoveryRequest;
import nara.recovery.Report;
import nara.testing.Citizen;
import nara.testing.FaultyPeer;
import nara.testing.Mosquitto;
import nara.testing.TestNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whole nodes over real sockets, and a real Mosquitto where there is a plaza. */
class RecoveryIT {
  private static Corpus corpus;
  private static List<byte[]> half;
  private static List<byte[]> otherHalf;

  @BeforeAll
  static void makeHistory() {
    corpus = Corpus.make(4_000, 20, 7, Instant.now());
    half = part(0);
    otherHalf = part(1);
  }

  @Test
  void two_halves_of_a_ledger_come_together_with_the_bytes_they_came_as() {
    try (TestNode alice = TestNode.holding("alice", half);
        TestNode bob = TestNode.holding("bob", otherHalf);
        TestNode fresh = fresh(knowing(alice.peer(), bob.peer()))) {
      Report report = fresh.report();

      assertThat(report.outcome()).as(report.toString()).isEqualTo("complete");
      Set<String> held = fresh.history();
      assertThat(held).containsAll(texts(corpus.events()));
      Set<String> fromNeighbours = alice.history();
      fromNeighbours.addAll(bob.history());
      assertThat(fromNeighbours).containsAll(held);
      assertThat(report.neighbours())
          .extracting(Report.NeighbourShare::name)
          .containsExactlyInAnyOrder("alice", "bob");
      assertThat(report.neighbours()).allSatisfy(n -> assertThat(n.fresh()).isPositive());
      assertThat(report.pingTimesSeeded()).isPositive();
    }
  }

  @Test
  void a_neighbour_killed_in_the_middle_makes_it_partial_and_the_others_bring_their_part() {
    try (TestNode alice = TestNode.holding("alice", half);
        TestNode bob = TestNode.holding("bob", otherHalf)) {
      AtomicBoolean killed = new AtomicBoolean();
      try (TestNode fresh =
          TestNode.start(
              "fresh",
              List.of(),
              knowing(alice.peer(), bob.peer()).andThen(asReference()).andThen(manyCalls())::apply,
              progress -> {
                if (progress.requestsDone() > 4 && killed.compareAndSet(false, true)) {
                  Thread.ofVirtual().start(bob::close);
                }
              })) {
        Report report = fresh.report();
        assertThat(report.outcome()).as(report.toString()).isEqualTo("partial");
        assertThat(report.reasons()).anyMatch(reason -> reason.startsWith("bob "));
        assertThat(fresh.history()).containsAll(texts(half));
      }
    }
  }

  @Test
  void a_report_asked_for_before_the_end_counts_what_the_ledger_holds() {
    UnaryOperator<NodeConfig> waiting =
        config -> config.withRecovery(RecoveryConfig.defaults(config.memory().mode()));
    try (TestNode alice = TestNode.start("alice", half, waiting, progress -> {})) {
      RecoveryRequest.CurrentReport current =
          Blocking.await(
              alice
                  .node()
                  .bus()
                  .ask(
                      RecoveryRequest.ADDRESS,
                      new RecoveryRequest.ReportSoFar(),
                      Duration.ofSeconds(60)),
              Duration.ofSeconds(60));
      assertThat(current.report().outcome()).isEqualTo("running");
      assertThat(current.report().ledger().total()).isEqualTo(alice.held().size());
    }
  }

  @Test
  void nobody_there_is_isolation() {
    try (TestNode fresh = fresh(knowing("ghost@127.0.0.1:9"))) {
      Report report = fresh.report();
      assertThat(report.outcome()).isEqualTo("isolated");
      assertThat(report.reasons()).anyMatch(reason -> reason.contains("ghost"));
    }
  }

  @Test
  void who_cannot_reach_the_broker_is_told_so() {
    try (TestNode fresh =
        fresh(config -> config.withPlaza(config.plaza().at("mqtt://127.0.0.1:9")))) {
      Report report = fresh.report();
      assertThat(report.outcome()).isEqualTo("isolated");
      assertThat(report.reasons()).anyMatch(reason -> reason.startsWith("the plaza: "));
    }
  }

  @Test
  void with_no_mesh_and_only_a_broker_between_them_the_plaza_brings_the_social_events() {
    try (Mosquitto broker = Mosquitto.start();
        TestNode alice = TestNode.start("alice", half, onlyPlaza(broker.url()), progress -> {});
        TestNode fresh =
            TestNode.start("fresh", List.of(), onlyPlaza(broker.url()), progress -> {})) {
      Report report = fresh.report();

      assertThat(report.outcome()).as(report.toString()).isEqualTo("complete");
      assertThat(report.stages())
          .anyMatch(s -> s.name().equals("plaza") && s.outcome().equals("complete"));
      Set<String> ids = socialIds(alice.history());
      assertThat(ids).isNotEmpty();
      assertThat(socialIds(fresh.history())).containsAll(ids);
    }
  }

  @Test
  void a_neighbour_that_cannot_sample_is_asked_for_slices() throws Exception {
    for (int status : new int[] {404, 500}) {
      try (TestNode alice = TestNode.holding("alice", half);
          FaultyPeer proxy =
              FaultyPeer.before(alice.address()).refusing(Pattern.compile("sample"), status);
          TestNode fresh =
              fresh(knowing("alice@" + proxy.address()).andThen(asReference())::apply)) {
        Report report = fresh.report();
        assertThat(report.outcome()).as(report.toString()).isEqualTo("complete");
        assertThat(report.stages()).extracting(Report.Stage::name).contains("sample", "slices");
        assertThat(fresh.history()).containsAll(texts(half));
      }
    }
  }

  @Test
  void a_slice_whose_neighbour_fails_is_fetched_from_another() throws Exception {
    try (TestNode alice = TestNode.holding("alice", corpus.events());
        TestNode bob = TestNode.holding("bob", corpus.events());
        FaultyPeer noSample =
            FaultyPeer.before(alice.address()).refusing(Pattern.compile("sample"), 404);
        FaultyPeer nothing = FaultyPeer.before(bob.address()).refusing(Pattern.compile(""), 500);
        TestNode fresh =
            fresh(
                knowing("alice@" + noSample.address(), "bob@" + nothing.address())
                        .andThen(asReference())
                    ::apply)) {
      Report report = fresh.report();
      assertThat(report.outcome()).as(report.toString()).isEqualTo("partial");
      assertThat(fresh.history()).containsAll(texts(corpus.events()));
    }
  }

  @Test
  void bad_events_among_good_ones_cost_themselves_only_and_are_not_served_on() {
    Citizen lisa = Citizen.named("lisa");
    long now = Instant.now().getEpochSecond() * 1_000_000_000L;
    List<byte[]> mixed = new ArrayList<>(half);
    mixed.add(lisa.heyThere(now - 100, ""));
    Set<String> bad = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      String good = new String(lisa.tease(now - i, "bart"), StandardCharsets.UTF_8);
      String forged = good.replaceFirst("\"sig\":\"....", "\"sig\":\"AAAA");
      bad.add(forged);
      mixed.add(forged.getBytes(StandardCharsets.UTF_8));
    }
    try (TestNode careless = TestNode.start("careless", mixed, believingAll(), progress -> {});
        TestNode fresh = fresh(knowing(careless.peer()))) {
      Report report = fresh.report();
      assertThat(report.outcome()).as(report.toString()).isEqualTo("complete");
      assertThat(report.events().verdicts()).containsKey("bad_signature");
      assertThat(fresh.history()).containsAll(texts(half)).doesNotContainAnyElementsOf(bad);
    }
  }

  @Test
  void a_shutdown_at_any_moment_ends_the_recovery_at_once_and_says_so() {
    UnaryOperator<NodeConfig> patient =
        config -> config.withRecovery(config.recovery().waiting(Duration.ofMinutes(10), 3));
    TestNode fresh = TestNode.start("fresh", List.of(), patient, progress -> {});
    Instant before = Instant.now();
    fresh.close();
    assertThat(fresh.report().outcome()).isEqualTo("isolated");
    assertThat(fresh.report().reasons()).contains("stopped before it was done");
    assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void a_recovery_that_is_stopped_still_counts_what_the_ledger_holds() {
    UnaryOperator<NodeConfig> patient =
        config -> config.withRecovery(config.recovery().waiting(Duration.ofMinutes(10), 3));
    TestNode full = TestNode.start("full", corpus.events(), patient, progress -> {});
    full.close();
    assertThat(full.report().reasons()).contains("stopped before it was done");
    assertThat(full.report().ledger().total()).isGreaterThanOrEqualTo(corpus.events().size());
  }

  private static TestNode fresh(UnaryOperator<NodeConfig> config) {
    return TestNode.start("fresh", List.of(), config, progress -> {});
  }

  private static UnaryOperator<NodeConfig> asReference() {
    return config ->
        config.withRecovery(config.recovery().climbing(Rung.SAMPLE, Rung.SLICES, Rung.PLAZA));
  }

  private static UnaryOperator<NodeConfig> manyCalls() {
    return config -> config.withRecovery(config.recovery().sampling(200_000, 1_000));
  }

  private static UnaryOperator<NodeConfig> onlyPlaza(String url) {
    return config ->
        config
            .withTransport(Transport.MQTT)
            .withPlaza(config.plaza().at(url).announcingAtOnce())
            .withRecovery(config.recovery().waiting(Duration.ofSeconds(4), 3));
  }

  /** The announcements, and every second event of the rest. */
  private static List<byte[]> part(int remainder) {
    List<byte[]> part = new ArrayList<>(corpus.events().subList(0, corpus.announcements()));
    for (int i = corpus.announcements(); i < corpus.events().size(); i++) {
      if (i % 2 == remainder) {
        part.add(corpus.events().get(i));
      }
    }
    return part;
  }

  /** The events travel in another form over the plaza, unsigned; their ids stay. */
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

  /** Merges whatever is well formed. */
  private static UnaryOperator<NodeConfig> believingAll() {
    String json =
        """
        {"mesh": {"host": "127.0.0.1", "port": 0}, "web": {"enabled": false},
         "trust": {"policy": "reference"}, "recovery": {"first_wait": "0s", "tries": 1}}
        """;
    return config -> ConfigReader.read(json, Map.of(), 4_096).config().orElseThrow();
  }
}
