package nara.opinion;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.List;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Time;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.Derived;
import nara.ledger.LedgerRequest.DerivedAll;
import nara.ledger.LedgerRequest.Opinion;
import nara.opinion.OpinionRequest.OwnPast;
import nara.plaza.Presence;
import nara.recovery.RecoveryNews;
import nara.recovery.RecoveryNews.Finished;
import nara.recovery.RecoveryNews.Progress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forms opinions once the coordinator says that the recovery is over, and tells them to whoever
 * asks.
 */
public final class OpinionVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(OpinionVerticle.class);

  private final String me;
  private final OpinionConfig config;
  private final Time time;
  private final StartTimeVotes votes = new StartTimeVotes();
  private final long started;

  private Bus bus;
  private List<MessageConsumer<BusMessage>> consumers = List.of();
  private Opinions opinions;
  private Time.Appointment next = () -> {};
  private boolean stopped;

  /**
   * Forms opinions by that time, which says what is now.
   *
   * @param me the name of this node, of whom others have votes
   */
  public OpinionVerticle(String me, OpinionConfig config, Time time) {
    this.me = me;
    this.started = time.instant().getEpochSecond();
    this.config = config;
    this.time = time;
    this.opinions = Opinions.none(config.passes());
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    consumers =
        List.of(
            bus.hear(RecoveryNews.ADDRESS, RecoveryNews.class, this::onNews),
            bus.hear(Presence.ADDRESS, Presence.class, this::onPresence),
            bus.serve(OpinionRequest.ADDRESS, OpinionRequest.class, this::onRequest));
    return Future.all(consumers.stream().map(MessageConsumer::completion).toList());
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    next.cancel();
    return Future.all(consumers.stream().map(MessageConsumer::unregister).toList());
  }

  private void onNews(RecoveryNews news) {
    switch (news) {
      case Progress soFar -> {}
      case Finished done -> {
        if (!opinions.begun()) {
          opinions = opinions.begin();
          form();
        }
      }
    }
  }

  private void onPresence(Presence presence) {
    if (presence instanceof Presence.Remembers remembers) {
      votes.add(remembers.name(), remembers.uptime(), remembers.you().startTime());
    }
  }

  private Future<? extends BusMessage> onRequest(OpinionRequest<?> request) {
    return Future.succeededFuture(
        switch (request) {
          case OpinionRequest.All all -> opinions.everybody();
          case OpinionRequest.Of of -> opinions.of(of.subject());
          case OpinionRequest.Myself myself -> myself();
        });
  }

  private OwnPast myself() {
    Opinion told = opinions.of(me).thought().map(Derived::opinion).orElse(new Opinion(0, 0, 0));
    long known = told.startTime() > 0 ? told.startTime() : started;
    return new OwnPast(votes.agreed().orElse(known), told.restarts(), started, votes.size());
  }

  /** One pass, and the timer for the next one when it is over. */
  private void form() {
    long at = time.instant().getEpochSecond();
    bus.ask(LedgerRequest.ADDRESS, new LedgerRequest.AboutAll(at), config.timeout())
        .onComplete(answer -> onLedger(answer.result(), answer.cause(), at));
  }

  private void onLedger(DerivedAll found, Throwable failure, long at) {
    if (stopped) {
      return;
    }
    if (failure == null) {
      opinions = opinions.formed(found.bySubject(), at);
    } else {
      LOG.warn("pass {} of opinions failed: {}", opinions.passes() + 1, failure.getMessage());
      opinions = opinions.failed();
    }
    bus.tell(OpinionNews.ADDRESS, new OpinionNews.Formed(opinions.passes(), !opinions.more()));
    if (opinions.more()) {
      next = time.after(vertx, config.pause(), this::form);
    }
  }
}
