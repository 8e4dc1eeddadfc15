package nara.opinion;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Optional;
import nara.bounds.SafeText;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forms opinions after the recovery has finished, and serves them. */
public final class OpinionVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(OpinionVerticle.class);

  private final String me;
  private final OpinionConfig config;
  private final Scheduler scheduler;
  private final StartTimeVotes votes = new StartTimeVotes();
  private final long startedSeconds;

  private Bus bus;
  private Opinions opinions;
  private Scheduler.TimerHandle nextPass = () -> {};
  private boolean stopped;
  private boolean passRunning;

  /** Empty without a configured list. */
  private Optional<SeedClient> seed = Optional.empty();

  private boolean seedRead;

  /** The number of the recovery that the passes follow; 0 before the first one. */
  private int lastRecovery;

  /** The opinions of the node with the name {@code me}. */
  public OpinionVerticle(String me, OpinionConfig config, Scheduler scheduler) {
    this.me = me;
    this.config = config;
    this.scheduler = scheduler;
    this.startedSeconds = scheduler.instant().getEpochSecond();
    this.opinions = Opinions.notStarted(config.passes());
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    bus.subscribe(
        RecoveryNotification.ADDRESS, RecoveryNotification.class, this::onRecoveryNotification);
    bus.subscribe(Presence.ADDRESS, Presence.class, this::onPresence);
    seed =
        Optional.of(config.seedUrl())
            .filter(url -> !url.isEmpty())
            .map(url -> new SeedClient(vertx, url));
    return bus.serve(OpinionRequest.ADDRESS, OpinionRequest.class, this::onRequest).completion();
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    nextPass.cancel();
    return seed.<Future<?>>map(SeedClient::close).orElseGet(Future::succeededFuture);
  }

  private void onRecoveryNotification(RecoveryNotification notification) {
    if (!(notification instanceof RecoveryFinished finished)) {
      return;
    }
    boolean news = finished.report().recovery() > lastRecovery;
    // A further recovery that found nobody brought nothing to form opinions from.
    if (news && (!opinions.started() || !finished.report().isIsolated())) {
      lastRecovery = finished.report().recovery();
      nextPass.cancel();
      opinions = opinions.start();
      if (!passRunning) {
        runPass();
      }
    }
  }

  private void onPresence(Presence presence) {
    if (presence instanceof Presence.ObservationReceived received) {
      votes.add(received.name(), received.uptime(), received.startTime());
    }
  }

  private Future<? extends BusMessage> onRequest(OpinionRequest<?> request) {
    return Future.succeededFuture(
        switch (request) {
          case OpinionRequest.GetOpinions get -> opinions;
          case OpinionRequest.GetOwnHistory get -> ownHistory();
        });
  }

  private OwnHistory ownHistory() {
    SubjectSummary own = opinions.bySubject().get(me);
    Opinion opinion = own == null ? new Opinion(0, 0, 0) : own.opinion();
    long fallback = opinion.startTime() > 0 ? opinion.startTime() : startedSeconds;
    return new OwnHistory(
        votes.agreedStartTime().orElse(fallback), opinion.restarts(), startedSeconds, votes.size());
  }

  private void runPass() {
    long at = scheduler.instant().getEpochSecond();
    passRunning = true;
    readSeed(at);
    bus.request(LedgerRequest.ADDRESS, new LedgerRequest.SummariseAllSubjects(at), config.timeout())
        .onComplete((found, failure) -> onPassEnded(found, failure, at));
  }

  /** Each pass tries again until the list was read. No pass waits for it. */
  private void readSeed(long at) {
    if (seed.isEmpty() || seedRead) {
      return;
    }
    seed.get()
        .fetch(at)
        .onSuccess(
            found -> {
              seedRead = true;
              opinions = opinions.withHearsay(found);
              LOG.info("Opinions were read as hearsay; naras={}", found.size());
            })
        .onFailure(
            failure ->
                LOG.warn(
                    "opinion.seed_url: the list was not read; continue without it; reason={}",
                    SafeText.excerpt(String.valueOf(failure.getMessage()))));
  }

  private void onPassEnded(SubjectSummaries found, Throwable failure, long at) {
    passRunning = false;
    if (stopped) {
      return;
    }
    if (failure == null) {
      opinions = opinions.withResult(found.bySubject(), at);
    } else {
      opinions = opinions.withFailure();
      LOG.warn(
          "An opinion pass failed; the opinions stay as they were; pass={} reason={}",
          opinions.passes(),
          failure.getMessage());
    }
    if (opinions.hasMorePasses()) {
      nextPass = scheduler.schedule(vertx, config.passInterval(), this::runPass);
    }
    bus.publish(
        OpinionNotification.ADDRESS,
        new OpinionNotification.PassEnded(opinions.passes(), !opinions.hasMorePasses()));
  }
}
