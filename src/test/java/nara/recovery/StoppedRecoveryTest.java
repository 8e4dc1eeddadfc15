package nara.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import nara.event.Verdict;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.recovery.RecoveryConfig.Rung;
import nara.recovery.report.Report;
import nara.testing.FakeBus;
import nara.trust.TrustRequest.OfferResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A recovery that its node stops while requests are open. */
class StoppedRecoveryTest {
  private final HeldRecovery recovery = new HeldRecovery();
  private final FakeBus bus = recovery.bus;
  private final BlockingQueue<Promise<FetchOutcome>> fetches = recovery.fetches;
  private final BlockingQueue<RecoveryNotification> published =
      bus.published(RecoveryNotification.ADDRESS, RecoveryNotification.class);
  private final String deployment = recovery.start(Rung.SAMPLE);

  @AfterEach
  void close() {
    recovery.close();
  }

  @Test
  void report_of_a_stopped_recovery_counts_the_page_that_was_being_merged() {
    Promise<FetchOutcome> page = FakeBus.next(fetches);
    Thread stop = Thread.ofVirtual().start(() -> bus.undeploy(deployment));
    recovery.held.set(7);
    page.complete(page(7));

    Report report = finished();
    assertThat(report.eventTotals().merged()).isEqualTo(report.ledgerTotals().total());
    assertThat(report.reasons()).contains("the node stopped during the recovery");
    assertThat(stop).isNotNull();
  }

  @Test
  void report_says_that_it_does_not_count_a_page_that_does_not_end() {
    FakeBus.next(fetches);
    bus.undeploy(deployment);

    assertThat(finished().reasons())
        .anySatisfy(reason -> assertThat(reason).contains("does not count their events"));
  }

  private Report finished() {
    while (true) {
      if (FakeBus.next(published) instanceof RecoveryNotification.RecoveryFinished finished) {
        return finished.report();
      }
    }
  }

  private static PageFetched page(int events) {
    OfferResult merged =
        new OfferResult(events, events, 0, 0, 0, 0, Map.of(Verdict.VALID, events), Set.of());
    return new PageFetched(
        100, events, 1, 2, Optional.empty(), false, List.of(), merged, Duration.ofMillis(1));
  }
}
