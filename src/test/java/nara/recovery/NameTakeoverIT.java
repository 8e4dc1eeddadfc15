package nara.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import nara.bus.Timeouts;
import nara.discovery.DiscoveryConfig;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.discovery.DiscoveryConfig.Scan;
import nara.event.Checkpoint;
import nara.event.HeyThere;
import nara.identity.PublicKey;
import nara.ledger.LedgerRequest;
import nara.node.Blocking;
import nara.node.config.NodeConfig;
import nara.recovery.report.Report;
import nara.recovery.report.Report.KeyConflict;
import nara.recovery.report.Report.NeighbourTotals;
import nara.testing.Altered;
import nara.testing.Citizen;
import nara.testing.RecordCopy;
import nara.testing.TestNode;
import nara.trust.TrustConfig;
import nara.trust.TrustPolicy;
import org.junit.jupiter.api.Test;

/**
 * Recoveries over real sockets where an attacker announces its own keys for the names of others,
 * with events signed by them. Its announcements are older, and its ledger is the largest.
 */
class NameTakeoverIT {
  private static final int EVENTS_EACH = 299;
  private static final int FORGED_EACH = 359;
  private static final long HOUR = 3_600_000_000_000L;
  private static final long END = Instant.now().getEpochSecond() * 1_000_000_000L - HOUR;

  private static final List<String> NAMES =
      List.of("alice", "bob", "carol", "n3", "n4", "n5", "n6", "n7", "n8", "n9");

  private static final List<Citizen> VOTERS =
      List.of(Citizen.named("v1"), Citizen.named("v2"), Citizen.named("v3"));

  /** 3,000 events of ten naras. */
  private static final List<byte[]> HONEST =
      histories(NAMES, Citizen::named, END - 20 * HOUR, EVENTS_EACH);

  /** 3,600 events under the same names. */
  private static final List<byte[]> FORGED =
      histories(NAMES, Citizen::impostor, END - 30 * HOUR, FORGED_EACH);

  private static List<byte[]> histories(
      List<String> names, Function<String, Citizen> citizen, long from, int eventsEach) {
    List<byte[]> events = new ArrayList<>();
    for (String name : names) {
      events.add(citizen.apply(name).heyThere(from, ""));
    }
    for (String name : names) {
      for (int i = 1; i <= eventsEach; i++) {
        long ts = from + (i * 10L + names.indexOf(name)) * 1_000_000_000L;
        events.add(citizen.apply(name).tease(ts, "somebody"));
      }
    }
    return events;
  }

  @Test
  void three_honest_neighbours_outweigh_one_attacker() {
    try (TestNode alice = TestNode.holding("alice", HONEST);
        TestNode bob = TestNode.holding("bob", HONEST);
        TestNode carol = TestNode.holding("carol", HONEST);
        TestNode mallory = believing("mallory", FORGED, Map.of());
        TestNode fresh = fresh(peer(mallory), peer(alice), peer(bob), peer(carol))) {
      Report report = fresh.report();

      assertThat(forgedHeldBy(fresh)).as(report.toString()).isZero();
      assertThat(missingIn(fresh, HONEST)).as(report.toString()).isZero();
      assertThat(dropped(report)).doesNotContain("alice", "bob", "carol");
      assertThat(report.conflicts())
          .extracting(KeyConflict::name)
          .containsAll(NAMES.subList(3, NAMES.size()));
      assertThat(conflict(report, "n5").decision()).isEqualTo(Citizen.named("n5").key().encoded());
    }
  }

  @Test
  void one_to_one_leaves_contested_names_waiting_and_says_so() {
    try (TestNode alice = TestNode.holding("alice", HONEST);
        TestNode mallory = believing("mallory", FORGED, Map.of());
        TestNode fresh = fresh(peer(mallory), peer(alice))) {
      Report report = fresh.report();

      assertThat(forgedHeldBy(fresh)).as(report.toString()).isZero();
      assertThat(missingIn(fresh, HONEST.stream().filter(NameTakeoverIT::isOfAlice).toList()))
          .isZero();
      assertThat(report.outcome()).isEqualTo("partial");
      assertThat(report.reasons()).anyMatch(reason -> reason.contains("contested"));
      assertThat(conflict(report, "n5").decision()).isEqualTo(KeyConflict.UNDECIDED);
      assertThat(conflict(report, "n5").waiting()).isEqualTo(EVENTS_EACH + FORGED_EACH + 2);
      assertThat(dropped(report)).doesNotContain("alice");
    }
  }

  @Test
  void configured_neighbour_outweighs_a_discovered_attacker() {
    try (TestNode alice = TestNode.holding("alice", HONEST);
        TestNode mallory = believing("mallory", FORGED, Map.of());
        TestNode fresh =
            start(
                config ->
                    withDiscovery(
                        config,
                        List.of(peer(alice).withKey(Citizen.named("alice").key())),
                        scanFor(mallory)))) {
      Report report = fresh.report();

      assertThat(report.neighbours())
          .extracting(NeighbourTotals::name)
          .contains("alice", "mallory");
      assertThat(forgedHeldBy(fresh)).as(report.toString()).isZero();
      assertThat(missingIn(fresh, HONEST)).as(report.toString()).isZero();
      assertThat(dropped(report)).doesNotContain("alice");
    }
  }

  @Test
  void honest_discovered_neighbour_keeps_a_configured_attackers_recovery_from_being_complete() {
    try (TestNode alice = TestNode.holding("alice", HONEST);
        TestNode mallory = believing("mallory", FORGED, Map.of());
        TestNode fresh =
            start(config -> withDiscovery(config, List.of(peer(mallory)), scanFor(alice)))) {
      Report report = fresh.report();

      assertThat(report.neighbours())
          .extracting(NeighbourTotals::name)
          .contains("alice", "mallory");
      assertThat(report.outcome()).as(report.toString()).isEqualTo("partial");
      assertThat(report.reasons()).anyMatch(reason -> reason.contains("is contested"));
      assertThat(conflict(report, "n5").decision())
          .isEqualTo(Citizen.impostor("n5").key().encoded());
      assertThat(conflict(report, "n5").disputed()).isTrue();
      assertThat(conflict(report, "n5").waiting()).isEqualTo(EVENTS_EACH + 1);
      assertThat(dropped(report)).doesNotContain("alice");
    }
  }

  private static Optional<Scan> scanFor(TestNode node) {
    return Optional.of(new Scan("127.0.0.1/32", node.node().meshPort().orElseThrow()));
  }

  @Test
  void honest_neighbours_that_hold_forgeries_give_the_honest_events() {
    List<byte[]> all = new ArrayList<>(HONEST);
    all.addAll(FORGED);
    for (int i = 0; i < 100; i++) {
      all.add(Altered.signature(Citizen.named("n4").tease(END + i, "nobody")));
    }
    Map<String, PublicKey> opinion = new HashMap<>();
    NAMES.forEach(name -> opinion.put(name, Citizen.named(name).key()));
    try (TestNode alice = believing("alice", all, opinion);
        TestNode bob = believing("bob", all, opinion);
        TestNode carol = believing("carol", all, opinion);
        TestNode fresh = fresh(peer(alice), peer(bob), peer(carol))) {
      Report report = fresh.report();

      assertThat(forgedHeldBy(fresh)).as(report.toString()).isZero();
      assertThat(missingIn(fresh, HONEST)).as(report.toString()).isZero();
      assertThat(dropped(report)).isEmpty();
    }
  }

  @Test
  void checkpoints_are_recovered_when_an_attacker_claims_the_ids_of_their_voters() {
    List<byte[]> honest = new ArrayList<>();
    VOTERS.forEach(voter -> honest.add(voter.heyThere(END - HOUR, "")));
    for (int i = 0; i < 52; i++) {
      honest.add(checkpoint(END + i));
    }
    List<byte[]> hostile = new ArrayList<>();
    for (Citizen voter : VOTERS) {
      Citizen thief = Citizen.impostor("thief of " + voter.name());
      hostile.add(
          thief.signed(
              END - 2 * HOUR,
              new HeyThere(thief.name(), thief.key().encoded(), "", voter.id(), "")));
    }
    try (TestNode alice = TestNode.holding("alice", honest);
        TestNode mallory = believing("mallory", hostile, Map.of());
        TestNode fresh = fresh(peer(mallory), peer(alice))) {
      Report report = fresh.report();

      assertThat(missingIn(fresh, honest)).as(report.toString()).isZero();
      assertThat(report.eventTotals().verdicts()).doesNotContainKey("unbacked_checkpoint");
      assertThat(latestCheckpoint(fresh, "v1")).isNotEmpty();
    }
  }

  /** Empty when no checkpoint about the nara has voters that are known well enough. */
  private static String latestCheckpoint(TestNode node, String name) {
    long now = Instant.now().getEpochSecond();
    return Blocking.await(
            node.node()
                .bus()
                .request(
                    LedgerRequest.ADDRESS,
                    new LedgerRequest.SummariseSubject(name, now),
                    Timeouts.LOCAL),
            Timeouts.LOCAL)
        .latestCheckpointId();
  }

  private static byte[] checkpoint(long ts) {
    Checkpoint.AgreedValues values = new Checkpoint.AgreedValues(1, 2, 3);
    long second = ts / 1_000_000_000L;
    Checkpoint bare =
        new Checkpoint(2, "v1", VOTERS.get(0).id(), "", values, second, 1, List.of(), List.of());
    List<String> ids = VOTERS.stream().map(Citizen::id).toList();
    List<String> signatures =
        VOTERS.stream()
            .map(
                voter -> {
                  String text = bare.attestation(voter.id());
                  return voter.identity().keys().signBase64(text.getBytes(StandardCharsets.UTF_8));
                })
            .toList();
    return Citizen.unsigned(
        ts, new Checkpoint(2, "v1", VOTERS.get(0).id(), "", values, second, 1, ids, signatures));
  }

  private static boolean isOfAlice(byte[] event) {
    return new String(event, StandardCharsets.UTF_8).contains("\"emitter\":\"alice\"");
  }

  private static KeyConflict conflict(Report report, String name) {
    return report.conflicts().stream()
        .filter(conflict -> conflict.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(report.toString()));
  }

  private static List<String> dropped(Report report) {
    return report.neighbours().stream()
        .filter(neighbour -> !neighbour.dropReason().isEmpty())
        .map(NeighbourTotals::name)
        .toList();
  }

  private static int forgedHeldBy(TestNode node) {
    return FORGED.size() - missingIn(node, FORGED);
  }

  private static int missingIn(TestNode node, List<byte[]> events) {
    Set<String> missing = texts(events);
    missing.removeAll(node.heldEvents());
    return missing.size();
  }

  /** A node that merges all well-formed events, as the reference does. */
  private static TestNode believing(
      String name, List<byte[]> events, Map<String, PublicKey> opinion) {
    TrustConfig trust = new TrustConfig(TrustPolicy.REFERENCE, "auto", 0, 16, 20_000, opinion);
    return TestNode.start(name, events, config -> config.with(trust), progressed -> {});
  }

  private static TestNode fresh(ConfiguredPeer... peers) {
    return start(config -> withDiscovery(config, List.of(peers), Optional.empty()));
  }

  private static TestNode start(UnaryOperator<NodeConfig> config) {
    return TestNode.start("fresh", List.of(), config, progressed -> {});
  }

  private static NodeConfig withDiscovery(
      NodeConfig config, List<ConfiguredPeer> peers, Optional<Scan> scan) {
    DiscoveryConfig discovery = config.discovery().withPeers(peers);
    return config.with(RecordCopy.with(discovery, "scan", scan));
  }

  private static ConfiguredPeer peer(TestNode node) {
    return ConfiguredPeer.parse(node.configuredPeer());
  }

  private static Set<String> texts(List<byte[]> events) {
    Set<String> texts = new TreeSet<>(Comparator.naturalOrder());
    events.forEach(event -> texts.add(new String(event, StandardCharsets.UTF_8)));
    return texts;
  }
}
