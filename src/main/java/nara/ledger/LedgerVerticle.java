package nara.ledger;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.BusMessage;
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

  private MessageConsumer<BusMessage> consumer;

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
    consumer =
        Bus.of(vertx)
            .serve(address, LedgerRequest.class, r -> Future.succeededFuture(onRequest(r)));
    return consumer.completion();
  }

  @Override
  public Future<?> stop() {
    return consumer.unregister();
  }

  private BusMessage onRequest(LedgerRequest<?> request) {
    return switch (request) {
      case FindValidIds r -> new ValidIds(ledger.validIds(r.ids()));
      case MergeEvents r -> ledger.merge(r.events());
      case RecordObservation r -> ledger.recordObservation(r.observation());
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
}
