package nara.trust;

import static nara.bounds.SafeText.excerpt;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import nara.bus.Bus;
import nara.bus.BusFailure;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Timeouts;
import nara.event.Event;
import nara.event.EventId;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.json.RawEvents;
import nara.identity.KeyLookup;
import nara.identity.Keyring;
import nara.identity.Witness;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.MergeResult;
import nara.trust.TrustNotification.AnnouncementsMerged;
import nara.trust.TrustRequest.OfferResult;
import nara.trust.TrustRequest.UnknownEmitters;
import nara.trust.verifier.ParallelVerifier;
import nara.trust.verifier.SignatureVerifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All events enter the ledger through this verticle. It asks the ledger which events are new,
 * parses and verifies those on all cores, merges what the policy accepts, and counts the outcome.
 *
 * <p>Offers are verified one after another, so that two peers who send the same event at the same
 * time cost one verification. While the ledger merges one offer, the next one is verified: an event
 * that is on its way into the ledger counts as held if its bytes are the same.
 */
public final class TrustVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(TrustVerticle.class);

  private final TrustConfig config;
  private final SignatureVerifier signatureVerifier;
  private final Keyring keys;
  private final InstantSource clock;
  private final int threads;

  private final Quarantine quarantine;
  private final KeyConflictLog conflictLog;
  private final OfferTotals totals = new OfferTotals();
  private final RecentArrivals arrivals = new RecentArrivals();
  private Bus bus;
  private ForkJoinPool cores;
  private EventPipeline pipeline;

  /** Ends when all verifications that were requested so far have ended. */
  private Future<?> lastVerification = Future.succeededFuture();

  /** Ends when all merges that began so far have ended. */
  private Future<?> lastMerge = Future.succeededFuture();

  /** The outcome of released events since the last {@link TrustRequest.VerifyQuarantined}. */
  private Future<OfferResult> releasedResult = Future.succeededFuture(OfferResult.NONE);

  private final Set<PendingOffer> pendingOffers = new HashSet<>();

  /** An offer that waits for its turn to be verified. */
  private static final class PendingOffer {
    /** Valid events that were sent to the ledger after this offer asked it what it holds. */
    private final List<Map<EventId, Event>> merging = new ArrayList<>();
  }

  /**
   * @param verifier called with whole batches, from worker threads
   * @param keys shared with all who look up or learn keys
   */
  public TrustVerticle(
      TrustConfig config, SignatureVerifier verifier, Keyring keys, InstantSource clock) {
    this(config, verifier, keys, clock, Runtime.getRuntime().availableProcessors());
  }

  /**
   * The same with another number of threads.
   *
   * @param threads that verify at once; one is the worker's own
   */
  public TrustVerticle(
      TrustConfig config,
      SignatureVerifier verifier,
      Keyring keys,
      InstantSource clock,
      int threads) {
    this.threads = threads;
    this.config = config;
    this.signatureVerifier = verifier;
    this.keys = keys;
    this.clock = clock;
    this.quarantine = new Quarantine(config.maxQuarantined(), keys::standing);
    this.conflictLog = new KeyConflictLog(clock);
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    cores = new ForkJoinPool(threads);
    SignatureVerifier parallelVerifier =
        new ParallelVerifier(signatureVerifier, cores, cores.getParallelism());
    pipeline = new EventPipeline(new EventVerifier(parallelVerifier, keys, clock), cores);
    bus.serve(TrustRequest.ADDRESS, TrustRequest.class, this::onRequest);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    // Verticles that stop later must find in the ledger what was accepted here.
    return lastVerification
        .transform(ended -> lastMerge.otherwiseEmpty())
        .onComplete(ended -> cores.shutdown());
  }

  private Future<? extends BusMessage> onRequest(TrustRequest<?> request) {
    return switch (request) {
      case TrustRequest.OfferEvents offer -> onOfferEvents(offer);
      case TrustRequest.RestoreEvents restore -> onRestoreEvents(restore);
      case TrustRequest.VerifyQuarantined verify -> onVerifyQuarantined();
      case TrustRequest.VerifyReleased verify -> onVerifyReleased();
      case TrustRequest.ListUnknownEmitters list -> Future.succeededFuture(unknownEmitters());
      case TrustRequest.ListKeyConflicts conflicts ->
          Future.succeededFuture(
              new TrustRequest.KeyConflicts(keys.conflicts(), quarantine.missingKeys()));
      case TrustRequest.OpenKeyClaims open -> {
        keys.openClaims();
        yield Future.succeededFuture(Done.DONE);
      }
      case TrustRequest.SettleKeyClaims settle -> {
        keys.settleClaims();
        yield Future.succeededFuture(Done.DONE);
      }
      case TrustRequest.FindArrival find ->
          Future.succeededFuture(new TrustRequest.FoundArrival(arrivals.find(find.id())));
      case TrustRequest.ReadTrustTotals read -> Future.succeededFuture(totals.with(quarantine));
    };
  }

  private UnknownEmitters unknownEmitters() {
    Map<String, Integer> missing = quarantine.missingKeys();
    Set<String> contested = new HashSet<>();
    Set<String> keyless = new HashSet<>();
    for (String name : missing.keySet()) {
      switch (keys.lookup(name, "")) {
        case KeyLookup.Contested several -> contested.add(name);
        case KeyLookup.Unknown unknown -> keyless.add(name);
        case KeyLookup.Known known -> {
          if (keys.isDisputed(name)) {
            contested.add(name);
          }
        }
        case KeyLookup.Mismatch mismatch -> {}
      }
    }
    return new UnknownEmitters(missing, contested, keyless);
  }

  private Future<OfferResult> onOfferEvents(TrustRequest.OfferEvents offer) {
    RawEvents events = offer.events();
    PendingOffer pendingOffer = new PendingOffer();
    pendingOffers.add(pendingOffer);
    Future<BitSet> held =
        offer.includeHeld()
            ? Future.succeededFuture(new BitSet())
            : request(new LedgerRequest.FindValidIds(events.ids()))
                .map(LedgerRequest.ValidIds::valid);
    return enqueue(
        () ->
            held.compose(
                    heldIds ->
                        onWorker(
                            () ->
                                pipeline.verifyNew(
                                    events, heldIds, pendingOffer.merging, offer.witness())))
                .onComplete(ended -> pendingOffers.remove(pendingOffer))
                .map(results -> merge(events.size(), results, Optional.of(offer.source())))
                .compose(merge -> verifyReleased().map(merge)));
  }

  private Future<OfferResult> onRestoreEvents(TrustRequest.RestoreEvents restore) {
    return enqueue(
        () ->
            onWorker(() -> pipeline.readTrusted(restore.events(), restore.verifiedWith()))
                .map(
                    results ->
                        merge(
                            restore.events().size(), results, Optional.of(OfferSource.SNAPSHOT))));
  }

  private Future<OfferResult> onVerifyQuarantined() {
    return enqueue(
        () ->
            verifyReleased()
                .compose(reviewed -> verifyAgain(quarantine.release()))
                .map(
                    merge -> {
                      Future<OfferResult> released = releasedResult;
                      releasedResult = Future.succeededFuture(OfferResult.NONE);
                      return merge.compose(result -> released.map(result::plus));
                    }));
  }

  private Future<Done> onVerifyReleased() {
    return enqueue(() -> verifyReleased().map(Future.succeededFuture(OfferResult.NONE)))
        .map(Done.DONE);
  }

  /**
   * Runs a verification when all earlier ones have ended, well or badly.
   *
   * @param verification ends when the events are verified, with the Future of their merge
   */
  private Future<OfferResult> enqueue(Supplier<Future<Future<OfferResult>>> verification) {
    Future<Future<OfferResult>> verified = lastVerification.transform(ended -> verification.get());
    lastVerification = verified;
    return verified.compose(merge -> merge);
  }

  /**
   * Follows what the keyring has learned since the last time: verifies the events that waited for
   * it, and those that are held under a key that no longer holds. Never fails.
   */
  private Future<?> verifyReleased() {
    Keyring.Changes changes = keys.takeChanges();
    if (changes.isEmpty()) {
      return Future.succeededFuture();
    }
    conflictLog.log(changes, keys);
    Future<?> reviewed = Future.succeededFuture();
    for (String name :
        config.policy() == TrustPolicy.REFERENCE ? Set.<String>of() : changes.overturned()) {
      reviewed = reviewed.transform(ended -> reviewHeld(name));
    }
    return reviewed.transform(ended -> verifyReleased(quarantine.release(changes.keys())));
  }

  private Future<?> verifyReleased(List<VerificationResult> released) {
    return verifyAgain(released)
        .onSuccess(merge -> addToReleased(merge.map(OfferResult::withoutWaiting)))
        .otherwiseEmpty();
  }

  private void addToReleased(Future<OfferResult> merge) {
    Future<OfferResult> before = releasedResult;
    releasedResult = before.compose(sum -> merge.map(sum::plus).otherwise(sum));
  }

  /**
   * Removes the events of a nara from the ledger that its key did not sign, as another key held
   * when they were merged. Those that another claimant signed wait.
   */
  private Future<?> reviewHeld(String name) {
    return lastMerge
        .otherwiseEmpty()
        .compose(merged -> request(new LedgerRequest.FindByEmitter(name)))
        .compose(held -> onWorker(() -> pipeline.verifyHeld(held.events())))
        .compose(
            refused -> {
              List<Event> events = refused.stream().map(VerificationResult::event).toList();
              return events.isEmpty()
                  ? Future.succeededFuture()
                  : request(new LedgerRequest.RemoveEvents(events))
                      .onSuccess(removal -> onRemoved(name, refused, removal.removed()));
            })
        .onFailure(
            failure ->
                LOG.atLevel(BusFailure.logLevel(failure))
                    .log(
                        "Cannot remove events that another key signed; they stay; name={}"
                            + " reason={}",
                        excerpt(name),
                        failure.getMessage()));
  }

  private void onRemoved(String name, List<VerificationResult> refused, int removed) {
    OfferResult judged =
        OfferOutcome.of(refused.size(), refused, config.policy(), quarantine).unmerged();
    Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    verdicts.putAll(judged.verdicts());
    verdicts.remove(Verdict.UNKNOWN_EMITTER);
    verdicts.merge(Verdict.VALID, -removed, Integer::sum);
    // Those that were not there any more had been pruned.
    int pruned = removed - refused.size();
    addToReleased(
        Future.succeededFuture(
            new OfferResult(
                -judged.quarantined(),
                -removed,
                0,
                judged.duplicate(),
                pruned,
                pruned,
                0,
                judged.rejected(),
                verdicts,
                judged.unknownEmitters())));
    if (keys.byName(name).isEmpty()) {
      LOG.info(
          "Events wait, as several keys are claimed for their name; name={} events={}",
          excerpt(name),
          removed);
    } else {
      LOG.warn(
          "Removed events that another key had signed; name={} events={}", excerpt(name), removed);
    }
  }

  /** Verifies released events; they return to the quarantine when this or their merge fails. */
  private Future<Future<OfferResult>> verifyAgain(List<VerificationResult> released) {
    if (released.isEmpty()) {
      return Future.succeededFuture(Future.succeededFuture(OfferResult.NONE));
    }
    List<ReadResult> batch = released.stream().map(VerificationResult::readResult).toList();
    return onWorker(() -> pipeline.verify(batch, Witness.NONE))
        .map(
            results ->
                merge(released.size(), results, Optional.empty())
                    .onFailure(failure -> released.forEach(quarantine::add)))
        .onFailure(failure -> released.forEach(quarantine::add));
  }

  /**
   * Applies the policy; the Future ends when the ledger has merged what the policy accepts.
   *
   * @param source empty for events that waited for a key
   */
  private Future<OfferResult> merge(
      int received, List<VerificationResult> results, Optional<OfferSource> source) {
    OfferOutcome outcome = OfferOutcome.of(received, results, config.policy(), quarantine);
    if (!pendingOffers.isEmpty()) {
      Map<EventId, Event> valid = outcome.validById();
      pendingOffers.forEach(offer -> offer.merging.add(valid));
    }
    Future<MergeResult> merge =
        outcome.accepted().isEmpty()
            ? Future.succeededFuture(new MergeResult(0, 0, 0, 0, 0))
            : request(new LedgerRequest.MergeEvents(outcome.accepted()));
    // Ends after the earlier merges: an event skipped because of them is held only then.
    Future<?> before = lastMerge;
    // Without its value, so that it does not keep all earlier merges in memory.
    lastMerge = Future.join(before.otherwiseEmpty(), merge).mapEmpty();
    return Future.join(before, merge)
        .map(
            merged -> {
              List<Event> announcements = outcome.announcements();
              if (!announcements.isEmpty()) {
                bus.publish(
                    TrustNotification.ADDRESS,
                    new AnnouncementsMerged(
                        announcements, source.map(OfferSource::isFile).orElse(false)));
              }
              List<Event> teases = outcome.teases();
              if (!teases.isEmpty()) {
                bus.publish(TrustNotification.ADDRESS, new TrustNotification.TeasesMerged(teases));
              }
              OfferResult result = outcome.result(merge.result());
              totals.add(result);
              if (result.added() > 0) {
                source.ifPresent(from -> arrivals.add(from, clock.instant(), outcome.accepted()));
              }
              return result;
            });
  }

  private <R extends BusMessage> Future<R> request(LedgerRequest<R> request) {
    return bus.request(LedgerRequest.ADDRESS, request, Timeouts.LOCAL);
  }

  private <T> Future<T> onWorker(Callable<T> work) {
    return vertx.executeBlocking(work, false);
  }
}
