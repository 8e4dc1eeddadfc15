package nara.recovery;

import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import nara.bus.Done;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.FoundNeighbours;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.ledger.MemoryMode;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.recovery.RecoveryConfig.Rung;
import nara.testing.FakeBus;
import nara.testing.ManualScheduler;
import nara.testing.RecordCopy;
import nara.trust.TrustRequest;

/** A coordinator with one neighbour, bart, and a test that gives each of bart's responses. */
final class HeldRecovery implements AutoCloseable {
  final FakeBus bus = new FakeBus();
  final ManualScheduler time = ManualScheduler.fromNow();

  /** Bart's pages, in the order of the requests. */
  final BlockingQueue<Promise<FetchOutcome>> fetches =
      bus.hold(MeshRequest.ADDRESS, MeshRequest.FetchPage.class);

  /** The events that the ledger says it holds. */
  final AtomicInteger held = new AtomicInteger();

  /** Starts it with a ladder of one rung. Returns the id of the verticle's deployment. */
  String start(Rung rung) {
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
    RecoveryConfig config =
        RecordCopy.with(RecoveryConfig.defaults(MemoryMode.MEDIUM), "ladder", List.of(rung));
    return bus.deploy(
        new CoordinatorVerticle(
            config, "lisa", false, time, new SplittableRandom(1), List.of(), Optional.empty()));
  }

  @Override
  public void close() {
    bus.close();
  }
}
