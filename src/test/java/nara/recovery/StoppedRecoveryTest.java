package nara.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import nara.bus.Done;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.FoundNeighbours;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.event.Verdict;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.ledger.MemoryMode;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.recovery.RecoveryConfig.Rung;
import nara.recovery.report.Report;
import nara.testing.FakeBus;
import nara.testing.ManualScheduler;
import nara.testing.RecordCopy;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.OfferResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A recovery that its node stops while requests are open. */
class StoppedRecoveryTest {
  private final FakeBus bus = new FakeBus();
  private final ManualScheduler time = ManualScheduler.fromNow();
  private final AtomicInteger held = new AtomicInteger();
  private final BlockingQueue<RecoveryNotification> published =
      bus.published(RecoveryNotification.ADDRESS, RecoveryNotification.class);
  private BlockingQueue<Promise<FetchOutcome>> fetches;
  private String deployment;

  @BeforeEach
  void start() {
    NeighbourList bart = new NeighbourList(RecoveryScenario.neighbours("bart"), List.of());
    bus.reply(
            DiscoveryRequest.ADDRESS,
            DiscoveryRequest.FindNeighbours.class,
            find -> new FoundNeighbours(bart, false))
        .reply(DiscoveryRequest.ADDRESS, DiscoveryRequest.ListNeighbours.class, list -> bart)
        .reply(
            LedgerRequest.ADDRESS,
            LedgerRequest.ReadLedgerStats.class,
            read -> new LedgerStats(held.get(), Map.of(), 0, 0, 1_000))
        .reply(
            LedgerRequest.ADDRESS,
            LedgerRequest.FindByEmitter.class,
            find -> new LedgerRequest.VariantExport(List.of()))
        .reply(TrustRequest.ADDRESS, TrustRequest.OpenKeyClaims.class, open -> Done.DONE)
        .reply(TrustRequest.ADDRESS, TrustRequest.SettleKeyClaims.class, settle -> Done.DONE)
        .reply(
            TrustRequest.ADDRESS,
            TrustRequest.ListKeyConflicts.class,
            list -> new TrustRequest.KeyConflicts(List.of(), Map.of()));
    fetches = bus.hold(MeshRequest.ADDRESS, MeshRequest.FetchPage.class);
    RecoveryConfig config =
        RecordCopy.with(RecoveryConfig.defaults(MemoryMode.MEDIUM), "ladder", List.of(Rung.SAMPLE));
    deployment =
        bus.deploy(
            new CoordinatorVerticle(
                config, "lisa", false, time, new SplittableRandom(1), List.of(), Optional.empty()));
  }

  @AfterEach
  void close() {
    bus.close();
  }

  @Test
  void report_of_a_stopped_recovery_counts_the_page_that_was_being_merged() {
    Promise<FetchOutcome> page = FakeBus.next(fetches);
    Thread stop = Thread.ofVirtual().start(() -> bus.undeploy(deployment));
    held.set(7);
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
