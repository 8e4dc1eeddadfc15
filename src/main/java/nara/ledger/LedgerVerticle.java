package nara.ledger;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.List;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.event.Event;
import nara.identity.Standing;
import nara.ledger.LedgerRequest.BackfilledSubjects;
import nara.ledger.LedgerRequest.CloutResult;
import nara.ledger.LedgerRequest.ComputeClout;
import nara.ledger.LedgerRequest.ComputeMeanRtts;
import nara.ledger.LedgerRequest.ContinueReconciliation;
import nara.ledger.LedgerRequest.EventExport;
import nara.ledger.LedgerRequest.ExportEvents;
import nara.ledger.LedgerRequest.ExportVariants;
import nara.ledger.LedgerRequest.FindBackfilled;
import nara.ledger.LedgerRequest.FindByEmitter;
import nara.ledger.LedgerRequest.FindByHash;
import nara.ledger.LedgerRequest.FindMissingHashes;
import nara.ledger.LedgerRequest.FindSightings;
import nara.ledger.LedgerRequest.FindValidIds;
import nara.ledger.LedgerRequest.ListCheckpoints;
import nara.ledger.LedgerRequest.MeanRtts;
import nara.ledger.LedgerRequest.MergeEvents;
import nara.ledger.LedgerRequest.MergeResult;
import nara.ledger.LedgerRequest.QueryEvents;
import nara.ledger.LedgerRequest.ReadLedgerStats;
import nara.ledger.LedgerRequest.RecordObservation;
import nara.ledger.LedgerRequest.RemovalResult;
import nara.ledger.LedgerRequest.RemoveEvents;
import nara.ledger.LedgerRequest.RespondToReconciliation;
import nara.ledger.LedgerRequest.SightingsResult;
import nara.ledger.LedgerRequest.StartReconciliation;
import nara.ledger.LedgerRequest.SubjectSummaries;
import nara.ledger.LedgerRequest.SummariseAllSubjects;
import nara.ledger.LedgerRequest.SummariseSubject;
import nara.ledger.LedgerRequest.ValidIds;
import nara.ledger.LedgerRequest.VariantExport;

/**
 * Serves the ledger on the bus. Deploy one instance with {@code ThreadingModel.WORKER}: it handles
 * requests one after the other, and a large merge or sample blocks no event loop.
 */
public final class LedgerVerticle extends VerticleBase {
  private final Ledger ledger;
  private final LedgerReconciliation reconciliation;
  private final RandomGenerator random;
  private final String address;

  private Bus bus;
  private MessageConsumer<BusMessage> consumer;
  private MessageConsumer<BusMessage> inspections;

  /** Serves this ledger, which from now on belongs to the verticle alone. */
  public LedgerVerticle(Ledger ledger, RandomGenerator random) {
    this(ledger, random, LedgerRequest.ADDRESS);
  }

  /** Serves this ledger at another address, such as {@link LedgerRequest#VIEW_ADDRESS}. */
  public LedgerVerticle(Ledger ledger, RandomGenerator random, String address) {
    this.ledger = ledger;
    this.reconciliation = new LedgerReconciliation(ledger);
    this.random = random;
    this.address = address;
  }

  /** Serves a new ledger; see {@link Ledger#Ledger}. */
  public LedgerVerticle(LedgerConfig config, Standing.Lookup standings, RandomGenerator random) {
    this(new Ledger(config, standings), random);
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    consumer = bus.serve(address, LedgerRequest.class, r -> Future.succeededFuture(onRequest(r)));
    inspections =
        bus.serve(
            InspectionRequest.ADDRESS,
            InspectionRequest.class,
            r -> Future.succeededFuture(onInspection(r)));
    return Future.join(consumer.completion(), inspections.completion());
  }

  @Override
  public Future<?> stop() {
    return Future.join(consumer.unregister(), inspections.unregister());
  }

  private BusMessage onRequest(LedgerRequest<?> request) {
    return switch (request) {
      case FindValidIds r -> new ValidIds(ledger.validIds(r.ids()));
      case MergeEvents r -> announced(ledger.merge(r.events()));
      case RecordObservation r -> announced(ledger.recordObservation(r.observation()));
      case FindByEmitter r -> new VariantExport(ledger.signedBy(r.emitter()));
      case RemoveEvents r -> new RemovalResult(ledger.remove(r.events()));
      case FindSightings r -> new SightingsResult(ledger.sightings(r.subjects(), r.atSeconds()));
      case ComputeClout r -> new CloutResult(ledger.clout(r.names(), r.atSeconds()));
      case FindBackfilled r -> new BackfilledSubjects(ledger.backfilled(r.subjects()));
      case QueryEvents r -> ledger.query(r.query(), random);
      case ListCheckpoints r -> ledger.checkpoints(r.offset(), r.limit());
      case StartReconciliation r -> reconciliation.start(r.since());
      case RespondToReconciliation r -> reconciliation.respond(r.message(), r.maxBytes());
      case ContinueReconciliation r -> reconciliation.handleResponse(r.message(), r.maxBytes());
      case FindByHash r -> reconciliation.findByHash(r.hashes(), r.maxBytes());
      case FindMissingHashes r -> reconciliation.missingHashes(r.hashes());
      case ExportEvents r -> new EventExport(ledger.export());
      case ExportVariants r -> new VariantExport(ledger.variants());
      case ReadLedgerStats r -> ledger.stats();
      case ComputeMeanRtts r -> new MeanRtts(ledger.meanRtts(r.excludedTargets()));
      case SummariseSubject r -> ledger.summary(r.subject(), r.atSeconds());
      case SummariseAllSubjects r -> new SubjectSummaries(ledger.summaries(r.atSeconds()));
    };
  }

  /** Publishes what the merge added, if somebody watches. */
  private MergeResult announced(MergeResult result) {
    List<Event> additions = ledger.takeAdditions();
    if (!additions.isEmpty()) {
      bus.publish(LedgerNotification.ADDRESS, new LedgerNotification.EventsAdded(additions));
    }
    return result;
  }

  private BusMessage onInspection(InspectionRequest<?> request) {
    LedgerInspection inspection = ledger.inspection();
    return switch (request) {
      case InspectionRequest.ListEvents r -> inspection.list(r.filter(), r.offset(), r.limit());
      case InspectionRequest.CountByTime r ->
          inspection.countByTime(r.after(), r.before(), r.spans());
      case InspectionRequest.FindEvent r -> inspection.find(r.id());
      case InspectionRequest.ListLatestCheckpoints r ->
          new InspectionRequest.LatestCheckpoints(inspection.latestCheckpoints(r.limit()));
      case InspectionRequest.DescribeSubjects r ->
          new InspectionRequest.SubjectDescriptions(
              inspection.describe(r.subjects(), r.atSeconds()));
      case InspectionRequest.RankClout r ->
          new CloutResult(ledger.highestClout(r.limit(), r.atSeconds()));
      case InspectionRequest.CountTeases r -> ledger.teases();
      case InspectionRequest.WatchAdditions r -> {
        ledger.keepAdditions(r.watched());
        yield Done.DONE;
      }
    };
  }
}
