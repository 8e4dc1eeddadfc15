package nara.trust;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.event.EventId;
import nara.event.Reading;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.HeldAnswer;
import nara.ledger.LedgerRequest.Judged;
import nara.trust.TrustRequest.Offered;
import nara.trust.TrustRequest.UnknownEmitters;

/**
 * The door into the ledger: bytes → which of these are new? → read and judge on all cores → merge
 * in one message → count.
 *
 * <p>Offers are taken one after the other, so that two neighbours who send the same event at the
 * same time cost one verification; within an offer the work is spread over all cores.
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
  private Future<?> previous = Future.succeededFuture();

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
    return previous.transform(
        ended -> {
          cores.shutdown();
          return Future.succeededFuture();
        });
  }

  private Future<? extends BusMessage> onRequest(TrustRequest<?> request) {
    return switch (request) {
      case TrustRequest.Offer offer -> inTurn(() -> onOffer(offer));
      case TrustRequest.Restore restore -> inTurn(() -> onRestore(restore));
      case TrustRequest.JudgeQuarantined again -> inTurn(this::onJudgeQuarantined);
      case TrustRequest.Unknown unknown ->
          Future.succeededFuture(new UnknownEmitters(quarantine.missingKeys()));
    };
  }

  private Future<Offered> onOffer(TrustRequest.Offer offer) {
    Tally tally = new Tally(offer.events().size());
    EventId[] ids = Intake.peek(offer.json(), offer.events());
    return bus.ask(
            LedgerRequest.ADDRESS, new LedgerRequest.HeldValid(Intake.present(ids)), LEDGER_TIMEOUT)
        .compose(held -> judgeNew(offer, ids, held, tally))
        .compose(judgements -> settle(judgements, tally));
  }

  private Future<List<Judgement>> judgeNew(
      TrustRequest.Offer offer, EventId[] ids, HeldAnswer held, Tally tally) {
    return vertx.executeBlocking(
        () -> {
          BitSet skip = Intake.repeated(offer.json(), offer.events(), ids);
          int present = 0;
          for (int i = 0; i < ids.length; i++) {
            if (ids[i] != null && held.held().get(present++)) {
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
    return vertx
        .executeBlocking(() -> intake.believe(restore.json(), restore.events()), false)
        .compose(judgements -> settle(judgements, tally));
  }

  private Future<Offered> onJudgeQuarantined() {
    List<Reading> waiting = quarantine.release();
    Tally tally = new Tally(waiting.size());
    return vertx
        .executeBlocking(() -> intake.judgeAgain(waiting), false)
        .compose(judgements -> settle(judgements, tally));
  }

  /** Does with each event what the policy says, and answers when the ledger has merged. */
  private Future<Offered> settle(List<Judgement> judgements, Tally tally) {
    List<Judged> accepted = new ArrayList<>(judgements.size());
    for (Judgement judgement : judgements) {
      tally.judged(judgement);
      switch (config.policy().fate(judgement.verdict())) {
        case MERGE -> accepted.add(judged(judgement));
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
    if (accepted.isEmpty()) {
      return Future.succeededFuture(tally.offered());
    }
    return bus.ask(LedgerRequest.ADDRESS, new LedgerRequest.Merge(accepted), LEDGER_TIMEOUT)
        .map(
            merged -> {
              tally.merged(merged);
              return tally.offered();
            });
  }

  private static Judged judged(Judgement judgement) {
    return new Judged(((Reading.Read) judgement.reading()).event(), judgement.verdict());
  }

  /** Begins when everything before it has ended, well or badly. */
  private <T> Future<T> inTurn(Supplier<Future<T>> work) {
    Future<T> mine = previous.transform(ended -> work.get());
    previous = mine;
    return mine;
  }
}
