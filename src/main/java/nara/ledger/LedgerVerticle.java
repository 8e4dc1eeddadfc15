package nara.ledger;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.ledger.LedgerRequest.BackfilledSubjects;
import nara.ledger.LedgerRequest.ComputeMeanRtts;
import nara.ledger.LedgerRequest.ContinueReconciliation;
import nara.ledger.LedgerRequest.EventExport;
import nara.ledger.LedgerRequest.EventVariants;
import nara.ledger.LedgerRequest.ExportEvents;
import nara.ledger.LedgerRequest.ExportVariants;
import nara.ledger.LedgerRequest.FindBackfilled;
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
import nara.ledger.LedgerRequest.RespondToReconciliation;
import nara.ledger.LedgerRequest.SightingsResult;
import nara.ledger.LedgerRequest.StartReconciliation;
import nara.ledger.LedgerRequest.SubjectSummaries;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.ledger.LedgerRequest.SummariseAllSubjects;
import nara.ledger.LedgerRequest.SummariseSubject;
import nara.ledger.LedgerRequest.ValidIds;

/**
 * Puts the ledger on the bus. Deploy one instance with {@code ThreadingModel.WORKER}: requests are
 * served one after the other, and a large merge or sample holds up no event loop.
 */
public final class LedgerVerticle extends VerticleBase {
  private final Ledger ledger;
  private final LedgerReconciliation ledgerReconciliation;
  private final RandomGenerator random;
  private final String address;

  private MessageConsumer<BusMessage> consumer;

  /** Serves this ledger, which from now on belongs to the verticle alone. */
  public LedgerVerticle(Ledger ledger, RandomGenerator random) {
    this(ledger, random, LedgerRequest.ADDRESS);
  }

  /**
   * Serves this ledger at another address.
   *
   * @param address {@link LedgerRequest#VIEW_ADDRESS} where the ledger is a member's view
   */
  public LedgerVerticle(Ledger ledger, RandomGenerator random, String address) {
    this.ledger = ledger;
    this.ledgerReconciliation = new LedgerReconciliation(ledger);
    this.random = random;
    this.address = address;
  }

  /** Serves a new ledger; see {@link Ledger#Ledger}. */
  public LedgerVerticle(LedgerConfig config, Predicate<String> hasKey, RandomGenerator random) {
    this(new Ledger(config, hasKey), random);
  }

  @Override
  public Future<?> start() {
    consumer = Bus.of(vertx).serve(address, LedgerRequest.class, this::onRequest);
    return consumer.completion();
  }

  @Override
  public Future<?> stop() {
    return consumer.unregister();
  }

  private Future<? extends BusMessage> onRequest(LedgerRequest<?> request) {
    return Future.succeededFuture(handle(request));
  }

  private BusMessage handle(LedgerRequest<?> request) {
    return switch (request) {
      case FindValidIds asked -> new ValidIds(ledger.validIds(asked.ids()));
      case MergeEvents mergeEvents -> ledger.merge(mergeEvents.events());
      case RecordObservation own -> ledger.recordObservation(own.observation());
      case FindSightings asked ->
          new SightingsResult(ledger.sightings(asked.subjects(), asked.atSeconds()));
      case FindBackfilled asked -> new BackfilledSubjects(ledger.backfilled(asked.subjects()));
      case QueryEvents queryEvents -> ledger.query(queryEvents.query(), random);
      case ListCheckpoints asked -> ledger.checkpoints(asked.offset(), asked.limit());
      case StartReconciliation begun -> ledgerReconciliation.start(begun.since());
      case RespondToReconciliation asked ->
          ledgerReconciliation.respond(asked.message(), asked.maxBytes());
      case ContinueReconciliation heard ->
          ledgerReconciliation.handleResponse(heard.message(), heard.maxBytes());
      case FindByHash wanted -> ledgerReconciliation.findByHash(wanted.hashes(), wanted.maxBytes());
      case FindMissingHashes asked -> ledgerReconciliation.missingHashes(asked.hashes());
      case ExportEvents all -> new EventExport(ledger.export());
      case ExportVariants all -> new EventVariants(ledger.variants());
      case ReadLedgerStats all -> ledger.stats();
      case ComputeMeanRtts asked -> new MeanRtts(ledger.meanRtts(asked.excludedTargets()));
      case SummariseSubject asked -> ledger.summary(asked.subject(), asked.atSeconds());
      case SummariseAllSubjects asked -> allSummaries(asked.atSeconds());
    };
  }

  private SubjectSummaries allSummaries(long atSeconds) {
    Map<String, SubjectSummary> bySubject = new HashMap<>();
    for (String subject : ledger.subjects()) {
      bySubject.put(subject, ledger.summary(subject, atSeconds));
    }
    return new SubjectSummaries(bySubject);
  }
}
