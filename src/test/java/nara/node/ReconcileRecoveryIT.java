package nara.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import nara.demo.Corpus;
import nara.recovery.Report;
import nara.testing.TestNode;
import org.junit.jupiter.api.Test;

/** Whole nodes: one that begins with most of its events, beside neighbours that have all. */
class ReconcileRecoveryIT {
  @Test
  void a_node_that_has_most_already_compares_and_walks_nobody() {
    List<byte[]> all = Corpus.make(5_000, 20, 7, Instant.now()).events();
    try (TestNode bart = TestNode.holding("bart", all);
        TestNode maggie = TestNode.holding("maggie", all);
        TestNode lisa =
            TestNode.start(
                "lisa",
                all.subList(0, 4_800),
                TestNode.knowing(bart.peer(), maggie.peer()),
                progress -> {})) {
      Report report = lisa.report();

      assertThat(report.outcome()).isEqualTo("complete");
      assertThat(report.stages())
          .extracting(Report.Stage::name)
          .containsExactly("discovery", "reconcile", "checkpoints", "keys", "pings");
      assertThat(report.stages().get(1).reason()).startsWith("2 of 2 neighbours");
      assertThat(lisa.held()).containsAll(bart.held());
    }
  }
}
