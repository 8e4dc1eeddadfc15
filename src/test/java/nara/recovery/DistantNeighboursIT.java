package nara.recovery;

import static nara.testing.TestNode.withPeers;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import nara.demo.Corpus;
import nara.recovery.report.Report;
import nara.testing.FaultyPeer;
import nara.testing.TestNode;
import org.junit.jupiter.api.Test;

/** Neighbours at a long distance, over real sockets: each answer takes 1.6 s. */
class DistantNeighboursIT {
  private static final Duration LATENCY = Duration.ofMillis(1_600);

  @Test
  void latency_costs_round_trips_and_no_small_pages() {
    List<byte[]> events = Corpus.generate(4_000, 10, 7, Instant.now().minusSeconds(3_600)).events();
    try (TestNode one = TestNode.holding("one", events);
        TestNode two = TestNode.holding("two", events);
        FaultyPeer farOne = distant(one);
        FaultyPeer farTwo = distant(two);
        TestNode fresh =
            TestNode.start(
                "fresh",
                List.of(),
                withPeers("one@" + farOne.address(), "two@" + farTwo.address()),
                progressed -> {})) {
      Report report = fresh.report();
      assertThat(report.outcome()).as(report.toString()).isEqualTo("complete");
      assertThat(fresh.heldCorpus()).containsAll(one.heldCorpus());
      assertThat(report.durationMs()).as(stages(report)).isLessThan(15_000);
      assertThat(report.neighbours().stream().mapToInt(Report.NeighbourTotals::requests).sum())
          .as(stages(report))
          .isLessThan(40);
    }
  }

  private static FaultyPeer distant(TestNode node) {
    return FaultyPeer.proxying(node.address()).admittedBy(DistantNeighboursIT::later);
  }

  private static Future<Void> later() {
    Promise<Void> turn = Promise.promise();
    CompletableFuture.delayedExecutor(LATENCY.toMillis(), TimeUnit.MILLISECONDS)
        .execute(turn::complete);
    return turn.future();
  }

  private static String stages(Report report) {
    return report.stageReports().stream()
        .map(stage -> stage.name() + ' ' + stage.durationMs() + " ms " + stage.reason())
        .collect(Collectors.joining("; "));
  }
}
