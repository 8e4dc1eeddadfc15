package nara.opinion;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.List;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Scheduler;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.Opinion;
import nara.ledger.LedgerRequest.SubjectSummaries;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.opinion.OpinionRequest.OwnHistory;
import nara.presence.Presence;
import nara.recovery.RecoveryNotification;
import nara.recovery.RecoveryNotification.RecoveryFinished;
import nara.recovery.RecoveryNotification.RecoveryProgressed;
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
  private final Scheduler scheduler;
  private final StartTimeVotes startTimeVotes = new StartTimeVotes();
  private final long startedSeconds;

  private Bus bus;
  private List<MessageConsumer<BusMessage>> consumers = List.of();
  private Opinions opinions;
  private Scheduler.TimerHandle nextPass = () -> {};
  private boolean stopped;

  /**
   * Forms opinions by that time, which says what is now.
   *
   * @param me the name of this node, of whom others have votes
   */
  public OpinionVerticle(String me, OpinionConfig config, Scheduler scheduler) {
    this.me = me;
    this.startedSeconds = scheduler.instant().getEpochSecond();
    this.config = config;
    this.scheduler = scheduler;
    this.opinions = Opinions.notStarted(config.passes());
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    consumers =
        List.of(
            bus.subscribe(
                RecoveryNotification.ADDRESS, RecoveryNotification.class, this::onRecoveryNews),
            bus.subscribe(Presence.ADDRESS, Presence.class, this::onPresence),
            bus.serve(OpinionRequest.ADDRESS, OpinionRequest.class, this::onRequest));
    return Future.all(consumers.stream().map(MessageConsumer::completion).toList());
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    nextPass.cancel();
    return Future.all(consumers.stream().map(MessageConsumer::unregister).toList());
  }

  private void onRecoveryNews(RecoveryNotification news) {
    switch (news) {
      case RecoveryProgressed soFar -> {}
      case RecoveryFinished done -> {
        if (!opinions.started()) {
          opinions = opinions.start();
          runPass();
        }
      }
    }
  }

  private void onPresence(Presence presence) {
    if (presence instanceof Presence.ObservationReceived observationReceived) {
      startTimeVotes.add(
          observationReceived.name(),
          observationReceived.uptime(),
          observationReceived.startTime());
    }
  }

  private Future<? extends BusMessage> onRequest(OpinionRequest<?> request) {
    return Future.succeededFuture(
        switch (request) {
          case OpinionRequest.GetOpinions getOpinions -> opinions.allOpinions();
          case OpinionRequest.GetOpinion getOpinion -> opinions.opinionOf(getOpinion.subject());
          case OpinionRequest.GetOwnHistory getOwnHistory -> ownHistory();
        });
  }

  private OwnHistory ownHistory() {
    Opinion opinion =
        opinions.opinionOf(me).derived().map(SubjectSummary::opinion).orElse(new Opinion(0, 0, 0));
    long fallback = opinion.startTime() > 0 ? opinion.startTime() : startedSeconds;
    return new OwnHistory(
        startTimeVotes.agreedStartTime().orElse(fallback),
        opinion.restarts(),
        startedSeconds,
        startTimeVotes.size());
  }

  /** One pass, and the timer for the next one when it is over. */
  private void runPass() {
    long at = scheduler.instant().getEpochSecond();
    bus.request(LedgerRequest.ADDRESS, new LedgerRequest.SummariseAllSubjects(at), config.timeout())
        .onComplete(answer -> onPassResult(answer.result(), answer.cause(), at));
  }

  private void onPassResult(SubjectSummaries found, Throwable failure, long at) {
    if (stopped) {
      return;
    }
    if (failure == null) {
      opinions = opinions.formed(found.bySubject(), at);
    } else {
      LOG.warn("pass {} of opinions failed: {}", opinions.passes() + 1, failure.getMessage());
      opinions = opinions.failed();
    }
    bus.publish(
        OpinionNotification.ADDRESS,
        new OpinionNotification.PassEnded(opinions.passes(), !opinions.hasMorePasses()));
    if (opinions.hasMorePasses()) {
      nextPass = scheduler.schedule(vertx, config.passInterval(), this::runPass);
    }
  }
}
