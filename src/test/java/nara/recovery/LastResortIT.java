package nara.recovery;

import static nara.testing.TestNode.withPeers;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import nara.demo.Corpus;
import nara.event.Event;
import nara.ledger.MemoryMode;
import nara.ledger.Query;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;
import nara.recovery.report.Report;
import nara.testing.Altered;
import nara.testing.Citizen;
import nara.testing.FaultyPeer;
import nara.testing.ScriptedPeer;
import nara.testing.TestNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Recoveries over real sockets from neighbours of which none, or only one, is faultless. */
class LastResortIT {
  private static final int FORGERIES_IN_AN_ANSWER = 120;

  private static Corpus corpus;
  private static List<byte[]> forgeries;

  /** Where a neighbour puts its forgeries. */
  private enum Mixing {
    SAME_IDS,
    AT_THE_END,
    SORTED
  }

  @BeforeAll
  static void makeHistory() {
    corpus = Corpus.generate(3_000, 20, 7, Instant.now());
    forgeries =
        corpus.events().subList(corpus.announcementCount(), corpus.events().size()).stream()
            .filter(event -> Altered.hasSignature(new String(event, StandardCharsets.UTF_8)))
            .map(event -> Altered.signature(event))
            .toList();
  }

  @ParameterizedTest
  @EnumSource(Mixing.class)
  void sole_neighbour_that_mixes_forgeries_into_each_answer_gives_all_honest_events(Mixing mixing) {
    try (ScriptedPeer dirty = new ScriptedPeer("dirty", corpus.events()).altering(mixing(mixing));
        TestNode fresh = fresh(withPeers(dirty.configuredPeer()))) {
      Report report = fresh.report();

      Set<String> held = fresh.heldCorpus();
      assertThat(missing(held)).as(report.toString()).isEmpty();
      assertThat(held).doesNotContainAnyElementsOf(texts(forgeries));
      assertThat(report.outcome()).as(report.toString()).isEqualTo("complete");
    }
  }

  private static BiFunction<Query, List<Event>, List<Event>> mixing(Mixing mixing) {
    return (query, answer) -> {
      List<Event> mixed = new ArrayList<>(answer);
      int from = answer.size() % 1_000;
      for (int i = 0; i < FORGERIES_IN_AN_ANSWER; i++) {
        if (mixing == Mixing.SAME_IDS && !answer.isEmpty()) {
          byte[] json = answer.get(i % answer.size()).json();
          if (Altered.hasSignature(new String(json, StandardCharsets.UTF_8))) {
            mixed.add(ScriptedPeer.event(Altered.signature(json)));
          }
        } else {
          mixed.add(ScriptedPeer.event(forgeries.get(from + i * 10)));
        }
      }
      if (mixing == Mixing.SORTED) {
        mixed.sort((a, b) -> Long.compare(a.ts(), b.ts()));
      }
      return mixed;
    };
  }

  @Test
  void honest_neighbours_that_hold_more_forgeries_than_events_are_not_dropped() {
    List<byte[]> mixed = new ArrayList<>(corpus.events());
    List<byte[]> forged = signedByImpostors(3_600);
    mixed.addAll(forged);
    List<TestNode> nodes = new ArrayList<>();
    for (String name : List.of("alice", "bob", "carol")) {
      nodes.add(TestNode.start(name, mixed, believingAll(), progressed -> {}));
    }
    try (TestNode fresh =
        fresh(withPeers(nodes.stream().map(TestNode::configuredPeer).toArray(String[]::new)))) {
      Report report = fresh.report();

      assertThat(missing(fresh.heldCorpus())).as(report.toString()).isEmpty();
      assertThat(fresh.heldCorpus()).doesNotContainAnyElementsOf(texts(forged));
      assertThat(report.neighbours())
          .allSatisfy(neighbour -> assertThat(neighbour.dropReason()).isEmpty())
          .anySatisfy(
              neighbour -> assertThat(neighbour.askedLaterReason()).contains("were rejected"));
    } finally {
      nodes.forEach(TestNode::close);
    }
  }

  /** Events in the names of the corpus, well formed and signed with other keys. */
  private static List<byte[]> signedByImpostors(int count) {
    List<Event> announcements =
        corpus.events().subList(0, corpus.announcementCount()).stream()
            .map(ScriptedPeer::event)
            .toList();
    long end = announcements.getLast().ts();
    List<byte[]> forged = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = announcements.get(i % announcements.size()).emitter();
      forged.add(Citizen.impostor(name).tease(end - i * 1_000_000_000L, "target" + i));
    }
    return forged;
  }

  @Test
  void neighbours_that_answer_slices_only_give_all_events() {
    Pattern others = Pattern.compile("\"mode\":\"(page|sample)\"");
    try (TestNode alice = TestNode.holding("alice", corpus.events());
        TestNode bob = TestNode.holding("bob", corpus.events());
        FaultyPeer one = FaultyPeer.proxying(alice.address()).failingWith(others, 404);
        FaultyPeer two = FaultyPeer.proxying(bob.address()).failingWith(others, 404);
        TestNode fresh = fresh(withPeers("alice@" + one.address(), "bob@" + two.address()))) {
      Report report = fresh.report();

      assertThat(missing(fresh.heldCorpus())).as(report.toString()).isEmpty();
      assertThat(report.outcome()).as(report.toString()).isEqualTo("complete");
    }
  }

  @Test
  void empty_ledger_is_not_believed_when_a_page_brings_events() {
    try (ScriptedPeer modest =
            new ScriptedPeer("modest", corpus.events())
                .altering((query, answer) -> query instanceof Query.Slice ? List.of() : answer);
        TestNode fresh = fresh(withPeers(modest.configuredPeer()))) {
      Report report = fresh.report();

      assertThat(missing(fresh.heldCorpus())).as(report.toString()).isEmpty();
    }
  }

  @Test
  void recovery_is_partial_when_a_neighbour_gives_less_than_it_shows() {
    try (ScriptedPeer miser =
            new ScriptedPeer("miser", corpus.events())
                .altering(
                    (query, answer) ->
                        query instanceof Query.Slice slice && slice.total() >= 28
                            ? answer
                            : List.of());
        TestNode fresh = fresh(withPeers(miser.configuredPeer()))) {
      Report report = fresh.report();

      assertThat(report.outcome()).as(report.toString()).isEqualTo("partial");
      assertThat(report.reasons()).anyMatch(reason -> reason.contains("no peer gave"));
    }
  }

  @Test
  void configured_neighbour_is_read_in_short_mode_beside_others_with_smaller_names() {
    List<ScriptedPeer> others = new ArrayList<>();
    for (String name : List.of("!a", "!b", "!c", "!d")) {
      others.add(new ScriptedPeer(name, List.of()));
    }
    List<String> peers = new ArrayList<>(others.stream().map(p -> p.configuredPeer()).toList());
    try (ScriptedPeer full = new ScriptedPeer("zoe", corpus.events())) {
      peers.add(full.configuredPeer());
      try (TestNode fresh = fresh(inShortMode(peers.toArray(String[]::new)))) {
        Report report = fresh.report();

        assertThat(missing(fresh.heldCorpus())).as(report.toString()).isEmpty();
      }
    } finally {
      others.forEach(ScriptedPeer::close);
    }
  }

  @Test
  void silent_neighbours_are_tried_at_most_twice() {
    try (ScriptedPeer one = new ScriptedPeer("one", corpus.events());
        ScriptedPeer two = new ScriptedPeer("two", corpus.events())) {
      List<ScriptedPeer> tarpits = new ArrayList<>();
      List<String> peers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        tarpits.add(new ScriptedPeer("tarpit" + i, List.of()).silentTo(query -> true));
        peers.add(tarpits.getLast().configuredPeer());
      }
      peers.add(one.configuredPeer());
      peers.add(two.configuredPeer());
      try (TestNode fresh = fresh(withPeers(peers.toArray(String[]::new)))) {
        Report report = fresh.report();

        assertThat(missing(fresh.heldCorpus())).as(report.toString()).isEmpty();
        // BadNeighboursCostTest measures the delay in virtual time. On a busy machine each try may
        // take seconds longer, so only the number of tries is certain here.
        assertThat(tarpits).allMatch(tarpit -> tarpit.queries() <= 2);
      } finally {
        tarpits.forEach(ScriptedPeer::close);
      }
    }
  }

  private static TestNode fresh(UnaryOperator<NodeConfig> config) {
    return TestNode.start("fresh", List.of(), config, progressed -> {});
  }

  private static UnaryOperator<NodeConfig> inShortMode(String... peers) {
    return config ->
        withPeers(peers)
            .apply(config)
            .with(RecoveryConfig.defaults(MemoryMode.SHORT).withoutFirstWait());
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

  private static Set<String> missing(Set<String> held) {
    Set<String> missing = texts(corpus.events());
    missing.removeAll(held);
    return missing;
  }

  private static Set<String> texts(List<byte[]> events) {
    Set<String> texts = new TreeSet<>();
    events.forEach(event -> texts.add(new String(event, StandardCharsets.UTF_8)));
    return texts;
  }
}
