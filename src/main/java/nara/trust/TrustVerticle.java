package nara.trust;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Timeouts;
import nara.event.Event;
import nara.event.EventId;
import nara.event.ReadResult;
import nara.event.Service;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.trust.TrustRequest.OfferResult;
import nara.trust.TrustRequest.UnknownEmitters;
import nara.trust.verifier.ParallelVerifier;
import nara.trust.verifier.SignatureVerifier;

/**
 * The door into the ledger: bytes → which of these are new? → read and judge on all cores → merge
 * in one message → count.
 *
 * <p>Offers are judged one after the other, so that two neighbours who send the same event at the
 * same time cost one verification; within an offer the work is spread over all cores. While the
 * ledger merges one offer the next is judged already: what is on its way into the ledger counts as
 * held, if it is the same to the byte.
 */
public final class TrustVerticle extends VerticleBase {
  private final TrustConfig config;
  private final SignatureVerifier signatureVerifier;
  private final Keyring keys;
  private final InstantSource clock;

  private final Quarantine quarantine;
  private Bus bus;
  private ForkJoinPool cores;
  private EventPipeline eventPipeline;
  private Future<?> lastVerification = Future.succeededFuture();
  private Future<?> lastMerge = Future.succeededFuture();

  /** The version of the keys by which the quarantine was last looked through. */
  private long keyringVersion;

  /** What became of those that were judged again without being asked to, since the last asking. */
  private Future<OfferResult> reverified = Future.succeededFuture(OfferResult.NONE);

  /** Offers whose turn to be judged has not come. */
  private final Set<PendingOffer> pendingOffers = new HashSet<>();

  /**
   * An offer that waits for its turn.
   *
   * @param mergedSince what others have sent to the ledger since it was asked what it holds of
   *     these
   */
  private record PendingOffer(Future<HeldIds> heldIds, List<Map<EventId, Event>> mergedSince) {
    // Two are never the same, whatever they have seen so far.
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /** The ids that an offer claims, and which of those, of the ones that are there, are held. */
  private record HeldIds(EventId[] ids, BitSet held) {}

  /**
   * The door of one node.
   *
   * @param signatureVerifier asked for whole batches, from worker threads
   * @param keys shared with those who look keys up
   */
  public TrustVerticle(
      TrustConfig config, SignatureVerifier signatureVerifier, Keyring keys, InstantSource clock) {
    this.config = config;
    this.signatureVerifier = signatureVerifier;
    this.keys = keys;
    this.clock = clock;
    this.quarantine = new Quarantine(config.maxQuarantined());
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    cores = new ForkJoinPool(Runtime.getRuntime().availableProcessors());
    SignatureVerifier parallelVerifier =
        new ParallelVerifier(signatureVerifier, cores, cores.getParallelism());
    eventPipeline = new EventPipeline(new EventVerifier(parallelVerifier, keys, clock), cores);
    bus.serve(TrustRequest.ADDRESS, TrustRequest.class, this::onRequest);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    // What has begun is merged before whoever stops next looks at the ledger.
    return lastVerification
        .transform(ended -> lastMerge.otherwiseEmpty())
        .transform(
            ended -> {
              cores.shutdown();
              return Future.succeededFuture();
            });
  }

  private Future<? extends BusMessage> onRequest(TrustRequest<?> request) {
    return switch (request) {
      case TrustRequest.OfferEvents offerEvents -> onOffer(offerEvents);
      case TrustRequest.RestoreEvents restoreEvents -> onRestore(restoreEvents);
      case TrustRequest.VerifyQuarantined again -> onVerifyQuarantined();
      case TrustRequest.ListUnknownEmitters listUnknownEmitters ->
          Future.succeededFuture(new UnknownEmitters(quarantine.missingKeys()));
      case TrustRequest.ListKeyConflicts listKeyConflicts ->
          Future.succeededFuture(new TrustRequest.KeyConflicts(keys.conflicts()));
    };
  }

  private Future<OfferResult> onOffer(TrustRequest.OfferEvents offerEvents) {
    OfferCounters offerCounters = new OfferCounters(offerEvents.events().size());
    PendingOffer pendingOffer = new PendingOffer(heldIds(offerEvents), new ArrayList<>());
    pendingOffers.add(pendingOffer);
    return enqueue(
            () ->
                pendingOffer
                    .heldIds
                    .compose(
                        heldIds ->
                            verifyNew(
                                offerEvents, heldIds, pendingOffer.mergedSince, offerCounters))
                    .onComplete(ended -> pendingOffers.remove(pendingOffer))
                    .map(results -> applyPolicy(results, offerCounters))
                    .compose(merge -> reverifyReleased().map(merge)))
        .compose(merge -> merge);
  }

  /** Asks the ledger which of the offered events it holds. */
  private Future<HeldIds> heldIds(TrustRequest.OfferEvents offerEvents) {
    return vertx
        .executeBlocking(
            () -> EventPipeline.peekIds(offerEvents.json(), offerEvents.events()), false)
        .compose(
            ids ->
                offerEvents.includeHeld()
                    ? Future.succeededFuture(new HeldIds(ids, new BitSet()))
                    : bus.request(
                            LedgerRequest.ADDRESS,
                            new LedgerRequest.FindValidIds(EventPipeline.nonNullIds(ids)),
                            Timeouts.LOCAL)
                        .map(answer -> new HeldIds(ids, answer.valid())));
  }

  private Future<List<VerificationResult>> verifyNew(
      TrustRequest.OfferEvents offerEvents,
      HeldIds heldIds,
      List<Map<EventId, Event>> mergedSince,
      OfferCounters offerCounters) {
    return vertx.executeBlocking(
        () -> {
          EventId[] ids = heldIds.ids();
          BitSet skip =
              EventPipeline.repeatedInBatch(offerEvents.json(), offerEvents.events(), ids);
          int heldIndex = 0;
          for (int i = 0; i < ids.length; i++) {
            if (ids[i] == null) {
              continue;
            }
            if (heldIds.held().get(heldIndex++)
                || EventPipeline.containsIdentical(
                    mergedSince, ids[i], offerEvents.json(), offerEvents.events().get(i))) {
              skip.set(i);
            }
          }
          offerCounters.addDuplicates(skip.cardinality());
          return eventPipeline.verify(offerEvents.json(), offerEvents.events(), skip);
        },
        false);
  }

  private Future<OfferResult> onRestore(TrustRequest.RestoreEvents restoreEvents) {
    OfferCounters offerCounters = new OfferCounters(restoreEvents.events().size());
    return enqueue(
            () ->
                vertx
                    .executeBlocking(
                        () ->
                            eventPipeline.readTrusted(restoreEvents.json(), restoreEvents.events()),
                        false)
                    .map(results -> applyPolicy(results, offerCounters)))
        .compose(merge -> merge);
  }

  private Future<OfferResult> onVerifyQuarantined() {
    return enqueue(() -> reverify(quarantine.release()))
        .compose(
            merge -> {
              Future<OfferResult> before = reverified;
              reverified = Future.succeededFuture(OfferResult.NONE);
              return merge.compose(offerResult -> before.map(offerResult::plus));
            });
  }

  /** Keys come with offers and from elsewhere: what waited for one waits no longer. */
  private Future<?> reverifyReleased() {
    if (quarantine.size() == 0 || keys.version() == keyringVersion) {
      return Future.succeededFuture();
    }
    keyringVersion = keys.version();
    List<VerificationResult> released =
        quarantine.release(key -> keys.byName(key).isPresent() || keys.byId(key).isPresent());
    Future<OfferResult> before = reverified;
    return reverify(released)
        .onSuccess(merge -> reverified = before.compose(sum -> merge.map(sum::plus).otherwise(sum)))
        // The offer by which they are judged has been: it must not fail with them.
        .otherwiseEmpty();
  }

  /** Judges what was released; when that fails, or the ledger does, they wait on. */
  private Future<Future<OfferResult>> reverify(List<VerificationResult> released) {
    if (released.isEmpty()) {
      return Future.succeededFuture(Future.succeededFuture(OfferResult.NONE));
    }
    OfferCounters offerCounters = new OfferCounters(released.size());
    List<ReadResult> readResults = released.stream().map(VerificationResult::readResult).toList();
    return vertx
        .executeBlocking(() -> eventPipeline.reverify(readResults), false)
        .map(
            results ->
                applyPolicy(results, offerCounters)
                    .onFailure(unmerged -> released.forEach(quarantine::add)))
        .onFailure(unjudged -> released.forEach(quarantine::add));
  }

  /** Does with each event what the policy says; the answer comes when the ledger has merged. */
  private Future<OfferResult> applyPolicy(
      List<VerificationResult> results, OfferCounters offerCounters) {
    List<JudgedEvent> accepted = new ArrayList<>(results.size());
    Map<EventId, Event> valid = new HashMap<>(results.size() * 2);
    List<Event> announcements = new ArrayList<>();
    for (VerificationResult verificationResult : results) {
      offerCounters.countVerdict(verificationResult);
      switch (config.policy().action(verificationResult.verdict())) {
        case MERGE -> {
          JudgedEvent event = toMergeInput(verificationResult);
          accepted.add(event);
          if (event.verdict() == Verdict.VALID) {
            valid.put(event.event().id(), event.event());
            if (isAnnouncement(event.event())) {
              announcements.add(event.event());
            }
          }
        }
        case REJECT -> offerCounters.countRejected();
        case QUARANTINE -> {
          if (quarantine.add(verificationResult)) {
            offerCounters.countQuarantined();
          } else {
            offerCounters.addDuplicates(1);
          }
        }
      }
    }
    pendingOffers.forEach(other -> other.mergedSince.add(valid));
    Future<?> before = lastMerge;
    Future<?> merge =
        accepted.isEmpty()
            ? Future.succeededFuture()
            : bus.request(
                    LedgerRequest.ADDRESS, new LedgerRequest.MergeEvents(accepted), Timeouts.LOCAL)
                .onSuccess(offerCounters::addMerged);
    // Not before the others' merges: what counted as held because of them is held then.
    // Without its value, which would hold all that came before it for ever.
    lastMerge = Future.join(before.otherwiseEmpty(), merge).mapEmpty();
    return Future.join(before, merge)
        .map(
            done -> {
              if (!announcements.isEmpty()) {
                bus.publish(
                    TrustNotification.ADDRESS,
                    new TrustNotification.AnnouncementsMerged(List.copyOf(announcements)));
              }
              return offerCounters.result();
            });
  }

  private static boolean isAnnouncement(Event event) {
    return event.service() == Service.HEY_THERE || event.service() == Service.CHAU;
  }

  private static JudgedEvent toMergeInput(VerificationResult verificationResult) {
    return new JudgedEvent(
        ((ReadResult.ParsedEvent) verificationResult.readResult()).event(),
        verificationResult.verdict());
  }

  /** Begins when everything before it has been judged, well or badly. */
  private <T> Future<T> enqueue(Supplier<Future<T>> work) {
    Future<T> verification = lastVerification.transform(ended -> work.get());
    lastVerification = verification;
    return verification;
  }
}
