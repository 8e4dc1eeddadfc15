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
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import nara.demo.Corpus;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;
import nara.recovery.RecoveryConfig.Rung;
import nara.recovery.report.Report;
import nara.recovery.report.Report.NeighbourTotals;
import nara.testing.Altered;
import nara.testing.FaultyPeer;
import nara.testing.RecordCopy;
import nara.testing.TestNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Recoveries by pages from faulty and hostile neighbours: which events are recovered, how many
 * fetches that takes, and what the report says about each neighbour.
 */
class BadNeighboursIT {
  private static Corpus corpus;

  @BeforeAll
  static void makeHistory() {
    corpus = Corpus.generate(12_000, 20, 9, Instant.now());
  }

  @Test
  void recovery_fetches_few_duplicates_when_two_neighbours_overlap() {
    List<byte[]> older = part(0, 8_000);
    List<byte[]> newer = part(4_000, 12_000);
    try (TestNode alice = TestNode.holding("alice", older);
        TestNode bob = TestNode.holding("bob", newer);
        TestNode fresh = fresh(alice.configuredPeer(), bob.configuredPeer())) {
      Report report = fresh.report();

      assertThat(report.outcome()).as(report.toString()).isEqualTo("complete");
      assertThat(fresh.heldEvents()).containsAll(texts(corpus.events()));
      long fetched = report.neighbours().stream().mapToLong(NeighbourTotals::events).sum();
      System.out.printf(
          "%,d distinct events of two halves that share %,d: %.3f fetches for each%n",
          corpus.events().size(), 4_000, (double) fetched / corpus.events().size());
      assertThat(fetched).isLessThan((long) (1.15 * (older.size() + newer.size())));
      assertThat(report.neighbours()).allMatch(n -> n.score() > 0.99);
    }
  }

  @Test
  void recovery_is_complete_when_one_neighbour_is_honest() {
    List<byte[]> all = corpus.events();
    try (TestNode honest = TestNode.holding("honest", all);
        TestNode forger = TestNode.start("forger", forged(all), believingAll(), progressed -> {});
        TestNode ranger = TestNode.holding("ranger", all);
        TestNode looper = TestNode.holding("looper", all);
        TestNode mimic = TestNode.holding("mimic", all);
        TestNode slow = TestNode.holding("slow", all);
        TestNode resetter = TestNode.holding("resetter", all);
        FaultyPeer wrongRanges =
            FaultyPeer.proxying(ranger.address()).rewriting(pages("\"cursor\":\"[^\"]*\",", ""));
        FaultyPeer endless =
            FaultyPeer.proxying(looper.address())
                .rewriting(pages("\"cursor\":\"[^\"]*\"", "\"cursor\":\"1\""));
        FaultyPeer others =
            FaultyPeer.proxying(mimic.address())
                .redirectingTo(body -> body.contains("page_size") ? honest.address() : "");
        FaultyPeer trickler = FaultyPeer.proxying(slow.address()).trickling();
        FaultyPeer breaking = FaultyPeer.proxying(resetter.address()).resettingAtNineTenths();
        TestNode fresh =
            fresh(
                honest.configuredPeer(),
                forger.configuredPeer(),
                "ranger@" + wrongRanges.address(),
                "looper@" + endless.address(),
                "mimic@" + others.address(),
                "slow@" + trickler.address(),
                "resetter@" + breaking.address())) {
      Report report = fresh.report();

      assertThat(fresh.heldEvents()).as(report.toString()).containsAll(texts(all));
      Map<String, NeighbourTotals> shares =
          report.neighbours().stream()
              .collect(Collectors.toMap(NeighbourTotals::name, Function.identity()));
      assertThat(shares.get("honest").score()).isEqualTo(1);
      assertThat(shares.get("forger").rejected()).isPositive();
      assertThat(shares.get("forger").score()).isLessThanOrEqualTo(0.5);
      assertThat(shares.get("ranger").dropReason()).contains("do not match the requests");
      assertThat(shares.get("looper").dropReason()).contains("do not match the requests");
      assertThat(shares.get("mimic").dropReason())
          .contains("expected a response from mimic, got one from honest");
      assertThat(shares.get("slow").lastFailure()).contains("bytes in");
      assertThat(shares.get("slow").score()).isZero();
      assertThat(shares.get("resetter").lastFailure()).contains("connection");
      assertThat(report.reasons())
          .as("whose events could not be had at all")
          .anyMatch(reason -> reason.startsWith("slow "))
          .anyMatch(reason -> reason.startsWith("resetter "));
    }
  }

  /** Changes requests for pages. */
  private static UnaryOperator<String> pages(String pattern, String replacement) {
    return body -> body.contains("page_size") ? body.replaceFirst(pattern, replacement) : body;
  }

  /** The same events, the signed ones with wrong signatures. A checkpoint has no emitter. */
  private static List<byte[]> forged(List<byte[]> events) {
    List<byte[]> forged = new ArrayList<>(events.subList(0, corpus.announcementCount()));
    for (byte[] event : events.subList(corpus.announcementCount(), events.size())) {
      String text = new String(event, StandardCharsets.UTF_8);
      forged.add(Altered.hasSignature(text) ? Altered.signature(event) : event);
    }
    return forged;
  }

  private static TestNode fresh(String... peers) {
    UnaryOperator<NodeConfig> pagesOnly =
        config -> config.with(RecordCopy.with(config.recovery(), "ladder", List.of(Rung.PAGES)));
    return TestNode.start(
        "fresh", List.of(), withPeers(peers).andThen(pagesOnly)::apply, progressed -> {});
  }

  /** The announcements, and a range of the other events in the order of time. */
  private static List<byte[]> part(int from, int to) {
    List<byte[]> rest =
        new ArrayList<>(
            corpus.events().subList(corpus.announcementCount(), corpus.events().size()));
    rest.sort((a, b) -> Long.compare(ts(a), ts(b)));
    List<byte[]> part = new ArrayList<>(corpus.events().subList(0, corpus.announcementCount()));
    part.addAll(rest.subList(from, Math.min(to, rest.size())));
    return part;
  }

  private static long ts(byte[] event) {
    String text = new String(event, StandardCharsets.UTF_8);
    int at = text.indexOf("\"ts\":") + 5;
    return Long.parseLong(text.substring(at, text.indexOf(',', at)));
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
