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
import nara.ledger.LedgerRequest.AboutAll;
import nara.ledger.LedgerRequest.AboutSubject;
import nara.ledger.LedgerRequest.AllForms;
import nara.ledger.LedgerRequest.AnswerReconciling;
import nara.ledger.LedgerRequest.Ask;
import nara.ledger.LedgerRequest.Backfilled;
import nara.ledger.LedgerRequest.BeginReconciling;
import nara.ledger.LedgerRequest.ByHash;
import nara.ledger.LedgerRequest.Checkpoints;
import nara.ledger.LedgerRequest.Derived;
import nara.ledger.LedgerRequest.DerivedAll;
import nara.ledger.LedgerRequest.Export;
import nara.ledger.LedgerRequest.Exported;
import nara.ledger.LedgerRequest.GoOnReconciling;
import nara.ledger.LedgerRequest.HeldAnswer;
import nara.ledger.LedgerRequest.HeldValid;
import nara.ledger.LedgerRequest.JudgedForms;
import nara.ledger.LedgerRequest.Merge;
import nara.ledger.LedgerRequest.Names;
import nara.ledger.LedgerRequest.NotHeld;
import nara.ledger.LedgerRequest.Observe;
import nara.ledger.LedgerRequest.PingAverages;
import nara.ledger.LedgerRequest.PingMeans;
import nara.ledger.LedgerRequest.Sighted;
import nara.ledger.LedgerRequest.Sightings;
import nara.ledger.LedgerRequest.Stats;

/**
 * Puts the ledger on the bus. Deploy one instance with {@code ThreadingModel.WORKER}: requests are
 * served one after the other, and a large merge or sample holds up no event loop.
 */
public final class LedgerVerticle extends VerticleBase {
  private final Ledger ledger;
  private final Reconciling reconciling;
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
   * @param address {@link LedgerRequest#VIEW} where the ledger is a member's view
   */
  public LedgerVerticle(Ledger ledger, RandomGenerator random, String address) {
    this.ledger = ledger;
    this.reconciling = new Reconciling(ledger);
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
    return Future.succeededFuture(answer(request));
  }

  private BusMessage answer(LedgerRequest<?> request) {
    return switch (request) {
      case HeldValid asked -> new HeldAnswer(ledger.heldValid(asked.ids()));
      case Merge merge -> ledger.merge(merge.events());
      case Observe own -> ledger.observe(own.observation());
      case Sightings asked -> new Sighted(ledger.sightings(asked.subjects(), asked.atSeconds()));
      case Backfilled asked -> new Names(ledger.backfilled(asked.subjects()));
      case Ask ask -> ledger.ask(ask.query(), random);
      case Checkpoints asked -> ledger.checkpoints(asked.offset(), asked.limit());
      case BeginReconciling begun -> reconciling.begin(begun.since());
      case AnswerReconciling asked -> reconciling.answer(asked.message(), asked.mostBytes());
      case GoOnReconciling heard -> reconciling.goOn(heard.message(), heard.mostBytes());
      case ByHash wanted -> reconciling.find(wanted.hashes(), wanted.mostBytes());
      case NotHeld asked -> reconciling.notHeld(asked.hashes());
      case Export all -> new Exported(ledger.export());
      case AllForms all -> new JudgedForms(ledger.forms());
      case Stats all -> ledger.stats();
      case PingAverages asked -> new PingMeans(ledger.pingMeans(asked.except()));
      case AboutSubject asked -> ledger.about(asked.subject(), asked.atSeconds());
      case AboutAll asked -> aboutAll(asked.atSeconds());
    };
  }

  private DerivedAll aboutAll(long atSeconds) {
    Map<String, Derived> bySubject = new HashMap<>();
    for (String subject : ledger.subjects()) {
      bySubject.put(subject, ledger.about(subject, atSeconds));
    }
    return new DerivedAll(bySubject);
  }
}
