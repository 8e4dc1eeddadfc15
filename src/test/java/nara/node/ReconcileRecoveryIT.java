package nara.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import nara.demo.Corpus;
import nara.recovery.report.Report;
import nara.testing.TestNode;
import org.junit.jupiter.api.Test;

/** A recovery of a node that holds most of the events of its neighbours. */
class ReconcileRecoveryIT {
  @Test
  void recovery_reconciles_and_fetches_no_pages_when_most_events_are_held() {
    List<byte[]> all = Corpus.generate(5_000, 20, 7, Instant.now()).events();
    try (TestNode bart = TestNode.holding("bart", all);
        TestNode maggie = TestNode.holding("maggie", all);
        TestNode lisa =
            TestNode.start(
                "lisa",
                all.subList(0, 4_800),
                TestNode.withPeers(bart.configuredPeer(), maggie.configuredPeer()),
                progressed -> {})) {
      Report report = lisa.report();

      assertThat(report.outcome()).isEqualTo("complete");
      assertThat(report.stageReports())
          .extracting(Report.StageReport::name)
          .containsExactly("discovery", "reconcile", "checkpoints", "keys", "pings");
      assertThat(report.stageReports().get(1).reason()).startsWith("2 of 2 neighbours");
      assertThat(lisa.heldEvents()).containsAll(bart.heldEvents());
    }
  }
}
