package nara.trust;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
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
import nara.event.Event;
import nara.event.EventId;
import nara.event.Reading;
import nara.event.Service;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.Judged;
import nara.trust.TrustRequest.Offered;
import nara.trust.TrustRequest.UnknownEmitters;

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
  /** The ledger answers a batch in milliseconds; one that takes longer than this is stuck. */
  private static final Duration LEDGER_TIMEOUT = Duration.ofSeconds(60);

  private final TrustConfig config;
  private final Verifier verifier;
  private final Keyring keys;
  private final InstantSource clock;

  private final Quarantine quarantine;
  private Bus bus;
  private ForkJoinPool cores;
  private Intake intake;
  private Future<?> judged = Future.succeededFuture();
  private Future<?> merged = Future.succeededFuture();

  /** The version of the keys by which the quarantine was last looked through. */
  private long keysSeen;

  /** What became of those that were judged again without being asked to, since the last asking. */
  private Future<Offered> judgedAgain = Future.succeededFuture(Offered.NOTHING);

  /** Offers whose turn to be judged has not come. */
  private final Set<Waiting> waiting = new HashSet<>();

  /**
   * An offer that waits for its turn.
   *
   * @param since what others have sent to the ledger since it was asked what it holds of these
   */
  private record Waiting(Future<Known> known, List<Map<EventId, Event>> since) {
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
  private record Known(EventId[] ids, BitSet held) {}

  /**
   * The door of one node.
   *
   * @param verifier asked for whole batches, from worker threads
   * @param keys shared with those who look keys up
   */
  public TrustVerticle(TrustConfig config, Verifier verifier, Keyring keys, InstantSource clock) {
    this.config = config;
    this.verifier = verifier;
    this.keys = keys;
    this.clock = clock;
    this.quarantine = new Quarantine(config.maxQuarantined());
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    cores = new ForkJoinPool(Runtime.getRuntime().availableProcessors());
    Verifier spread = new ParallelVerifier(verifier, cores, cores.getParallelism());
    intake = new Intake(new Judge(spread, keys, clock), cores);
    bus.serve(TrustRequest.ADDRESS, TrustRequest.class, this::onRequest);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    // What has begun is merged before whoever stops next looks at the ledger.
    return judged
        .transform(ended -> merged.otherwiseEmpty())
        .transform(
            ended -> {
              cores.shutdown();
              return Future.succeededFuture();
            });
  }

  private Future<? extends BusMessage> onRequest(TrustRequest<?> request) {
    return switch (request) {
      case TrustRequest.Offer offer -> onOffer(offer);
      case TrustRequest.Restore restore -> onRestore(restore);
      case TrustRequest.JudgeQuarantined again -> onJudgeQuarantined();
      case TrustRequest.Unknown unknown ->
          Future.succeededFuture(new UnknownEmitters(quarantine.missingKeys()));
    };
  }

  private Future<Offered> onOffer(TrustRequest.Offer offer) {
    Tally tally = new Tally(offer.events().size());
    Waiting mine = new Waiting(known(offer), new ArrayList<>());
    waiting.add(mine);
    return inTurn(
            () ->
                mine.known
                    .compose(known -> judgeNew(offer, known, mine.since, tally))
                    .onComplete(ended -> waiting.remove(mine))
                    .map(judgements -> settle(judgements, tally))
                    .compose(merging -> judgeWhatHasAKeyNow().map(merging)))
        .compose(merging -> merging);
  }

  /** Asks the ledger which of the offered events it holds. */
  private Future<Known> known(TrustRequest.Offer offer) {
    return vertx
        .executeBlocking(() -> Intake.peek(offer.json(), offer.events()), false)
        .compose(
            ids ->
                offer.otherForms()
                    ? Future.succeededFuture(new Known(ids, new BitSet()))
                    : bus.ask(
                            LedgerRequest.ADDRESS,
                            new LedgerRequest.HeldValid(Intake.present(ids)),
                            LEDGER_TIMEOUT)
                        .map(answer -> new Known(ids, answer.held())));
  }

  private Future<List<Judgement>> judgeNew(
      TrustRequest.Offer offer, Known known, List<Map<EventId, Event>> since, Tally tally) {
    return vertx.executeBlocking(
        () -> {
          EventId[] ids = known.ids();
          BitSet skip = Intake.repeated(offer.json(), offer.events(), ids);
          int present = 0;
          for (int i = 0; i < ids.length; i++) {
            if (ids[i] == null) {
              continue;
            }
            if (known.held().get(present++)
                || Intake.among(since, ids[i], offer.json(), offer.events().get(i))) {
              skip.set(i);
            }
          }
          tally.duplicates(skip.cardinality());
          return intake.judge(offer.json(), offer.events(), skip);
        },
        false);
  }

  private Future<Offered> onRestore(TrustRequest.Restore restore) {
    Tally tally = new Tally(restore.events().size());
    return inTurn(
            () ->
                vertx
                    .executeBlocking(() -> intake.believe(restore.json(), restore.events()), false)
                    .map(judgements -> settle(judgements, tally)))
        .compose(merging -> merging);
  }

  private Future<Offered> onJudgeQuarantined() {
    return inTurn(() -> judgeAgain(quarantine.release()))
        .compose(
            merging -> {
              Future<Offered> before = judgedAgain;
              judgedAgain = Future.succeededFuture(Offered.NOTHING);
              return merging.compose(offered -> before.map(offered::plus));
            });
  }

  /** Keys come with offers and from elsewhere: what waited for one waits no longer. */
  private Future<?> judgeWhatHasAKeyNow() {
    if (quarantine.size() == 0 || keys.version() == keysSeen) {
      return Future.succeededFuture();
    }
    keysSeen = keys.version();
    List<Judgement> released =
        quarantine.release(key -> keys.byName(key).isPresent() || keys.byId(key).isPresent());
    Future<Offered> before = judgedAgain;
    return judgeAgain(released)
        .onSuccess(
            merging -> judgedAgain = before.compose(sum -> merging.map(sum::plus).otherwise(sum)))
        // The offer by which they are judged has been: it must not fail with them.
        .otherwiseEmpty();
  }

  /** Judges what was released; when that fails, or the ledger does, they wait on. */
  private Future<Future<Offered>> judgeAgain(List<Judgement> released) {
    if (released.isEmpty()) {
      return Future.succeededFuture(Future.succeededFuture(Offered.NOTHING));
    }
    Tally tally = new Tally(released.size());
    List<Reading> readings = released.stream().map(Judgement::reading).toList();
    return vertx
        .executeBlocking(() -> intake.judgeAgain(readings), false)
        .map(
            judgements ->
                settle(judgements, tally).onFailure(unmerged -> released.forEach(quarantine::add)))
        .onFailure(unjudged -> released.forEach(quarantine::add));
  }

  /** Does with each event what the policy says; the answer comes when the ledger has merged. */
  private Future<Offered> settle(List<Judgement> judgements, Tally tally) {
    List<Judged> accepted = new ArrayList<>(judgements.size());
    Map<EventId, Event> valid = new HashMap<>(judgements.size() * 2);
    List<Event> announcements = new ArrayList<>();
    for (Judgement judgement : judgements) {
      tally.judged(judgement);
      switch (config.policy().fate(judgement.verdict())) {
        case MERGE -> {
          Judged event = judged(judgement);
          accepted.add(event);
          if (event.verdict() == Verdict.VALID) {
            valid.put(event.event().id(), event.event());
            if (announces(event.event())) {
              announcements.add(event.event());
            }
          }
        }
        case REJECT -> tally.rejected();
        case WAIT -> {
          if (quarantine.add(judgement)) {
            tally.quarantined();
          } else {
            tally.duplicates(1);
          }
        }
      }
    }
    waiting.forEach(other -> other.since.add(valid));
    Future<?> before = merged;
    Future<?> mine =
        accepted.isEmpty()
            ? Future.succeededFuture()
            : bus.ask(LedgerRequest.ADDRESS, new LedgerRequest.Merge(accepted), LEDGER_TIMEOUT)
                .onSuccess(tally::merged);
    // Not before the others' merges: what counted as held because of them is held then.
    // Without its value, which would hold all that came before it for ever.
    merged = Future.join(before.otherwiseEmpty(), mine).mapEmpty();
    return Future.join(before, mine)
        .map(
            done -> {
              if (!announcements.isEmpty()) {
                bus.tell(TrustNews.ADDRESS, new TrustNews.Announced(List.copyOf(announcements)));
              }
              return tally.offered();
            });
  }

  private static boolean announces(Event event) {
    return event.service() == Service.HEY_THERE || event.service() == Service.CHAU;
  }

  private static Judged judged(Judgement judgement) {
    return new Judged(((Reading.Read) judgement.reading()).event(), judgement.verdict());
  }

  /** Begins when everything before it has been judged, well or badly. */
  private <T> Future<T> inTurn(Supplier<Future<T>> work) {
    Future<T> mine = judged.transform(ended -> work.get());
    judged = mine;
    return mine;
  }
}
