package nara.recovery;

import static nara.testing.FakeBus.until;
import static nara.testing.TestNode.withPeers;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.demo.Corpus;
import nara.ledger.LedgerRequest;
import nara.recovery.RecoveryRequest.CurrentReport;
import nara.recovery.RecoveryRequest.RecoveryStarted;
import nara.testing.FakeBus;
import nara.testing.TestNode;
import org.junit.jupiter.api.Test;

/** A node that has recovered recovers again when its operator requests it. */
class RecoverOnDemandIT {
  @Test
  void a_requested_recovery_gives_back_what_the_ledger_lost() {
    List<byte[]> events = Corpus.generate(500, 5, 7, Instant.now().minusSeconds(3_600)).events();
    try (TestNode elder = TestNode.holding("elder", events);
        TestNode node =
            TestNode.start(
                "fresh", List.of(), withPeers(elder.configuredPeer()), progressed -> {})) {
      Bus bus = node.node().bus();
      assertThat(node.report().outcome()).isEqualTo("complete");
      assertThat(node.heldCorpus()).containsAll(elder.heldCorpus());
      FakeBus.await(
          bus.request(LedgerRequest.ADDRESS, new LedgerRequest.ExportEvents(), Timeouts.LOCAL)
              .compose(
                  held ->
                      bus.request(
                          LedgerRequest.ADDRESS,
                          new LedgerRequest.RemoveEvents(held.events()),
                          Timeouts.LOCAL)));

      RecoveryStarted first = start(bus);
      RecoveryStarted second = start(bus);

      assertThat(first).isEqualTo(new RecoveryStarted(2, true));
      assertThat(second).isEqualTo(new RecoveryStarted(2, false));
      CurrentReport done = until(() -> state(bus), CurrentReport::finished);
      assertThat(done.report().recovery()).isEqualTo(2);
      assertThat(done.report().outcome()).isEqualTo("complete");
      assertThat(Set.copyOf(node.heldCorpus())).containsAll(elder.heldCorpus());
    }
  }

  private static RecoveryStarted start(Bus bus) {
    return FakeBus.await(
        bus.request(RecoveryRequest.ADDRESS, new RecoveryRequest.StartRecovery(), Timeouts.STATUS));
  }

  private static CurrentReport state(Bus bus) {
    return FakeBus.await(
        bus.request(
            RecoveryRequest.ADDRESS, new RecoveryRequest.GetRecoveryReport(), Timeouts.STATUS));
  }
}
