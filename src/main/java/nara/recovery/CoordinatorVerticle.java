package nara.recovery;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import nara.bus.Bus;
import nara.bus.BusFailure;
import nara.bus.BusMessage;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.bus.UnavailableException;
import nara.checkpoint.consensus.ConsensusRequest;
import nara.discovery.DiscoveryNotification;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.mqtt.PlazaRequest;
import nara.recovery.ClusterWorkRequest.LeaderHandover;
import nara.recovery.ClusterWorkRequest.ReplayLogEntry;
import nara.recovery.RecoveryRequest.CurrentReport;
import nara.recovery.RecoveryRequest.RecoveryStarted;
import nara.recovery.report.Report;
import nara.recovery.watch.NeighbourWatch;
import nara.trust.TrustRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the recoveries of this node, one after another. It applies events to the recovery plan, and
 * {@link PlanExecutor} sends the requests that the plan commands. It publishes {@link
 * RecoveryNotification.RecoveryFinished} exactly once for each recovery. Between two recoveries
 * {@link NeighbourWatch} looks for a neighbour that starts the next one.
 *
 * <p>In a cluster it runs on the leader. A new leader's coordinator replays the stored events, and
 * then executes the commands that were unfinished.
 */
public final class CoordinatorVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorVerticle.class);

  private final RecoveryConfig config;
  private final String me;
  private final boolean hasBroker;
  private final Scheduler scheduler;
  private final InstantSource steady;
  private final RandomGenerator random;
  private final List<Report.StageReport> earlierStages;
  private final Optional<LeaderHandover> handover;

  private Bus bus;
  private RecoveryRunner runner;
  private PlanExecutor executor;
  private RecoveryReplay replay;
  private NeighbourWatch watch;
  private Scheduler.TimerHandle timer = () -> {};
  private Scheduler.TimerHandle silentPing = () -> {};
  private boolean pingsSilentPeers;
  private boolean stopping;

  /** Null until the recovery is finished. */
  private Report finalReport;

  private int recovery = 1;

  /** Whether the ledger holds an event of another nara. */
  private boolean holdsOthers;

  /** Whether the node was ready, and recovers again only because a further neighbour came. */
  private boolean staysReady;

  /** Whether a recovery has ended. */
  private boolean tried;

  /** Completes when the final report is published. */
  private Future<?> finishAnnounced = Future.succeededFuture();

  /**
   * Creates the coordinator; the first recovery starts when the verticle is deployed.
   *
   * @param me this node's name
   * @param hasBroker whether an MQTT broker is configured: without one no verticle serves {@link
   *     PlazaRequest}
   * @param random the source of the plan's seed
   * @param earlierStages stages before the recovery, such as reading a snapshot, for the report
   * @param handover for the leader of a cluster; empty when the node runs alone
   */
  public CoordinatorVerticle(
      RecoveryConfig config,
      String me,
      boolean hasBroker,
      Scheduler scheduler,
      RandomGenerator random,
      List<Report.StageReport> earlierStages,
      Optional<LeaderHandover> handover) {
    this.config = config;
    this.me = me;
    this.hasBroker = hasBroker;
    this.scheduler = scheduler;
    this.steady = scheduler.steady();
    this.random = random;
    this.earlierStages = earlierStages;
    this.handover = handover;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    runner =
        handover
            .<RecoveryRunner>map(mine -> new RecoveryRunner.Clustered(bus, mine))
            .orElseGet(() -> new RecoveryRunner.Local(bus));
    executor = new PlanExecutor(config, me, hasBroker, bus, runner);
    replay = new RecoveryReplay(config, me, 0, earlierStages, now());
    finalReport = runner.handover().report().orElse(null);
    watch =
        new NeighbourWatch(
            vertx,
            bus,
            scheduler,
            random,
            this::checkHeld,
            cause -> recoverAgain(cause, isDone() || staysReady));
    bus.subscribe(
        DiscoveryNotification.ADDRESS, DiscoveryNotification.class, this::onDiscoveryNotification);
    bus.serve(RecoveryRequest.ADDRESS, RecoveryRequest.class, this::onRequest);
    // Later, so that the deployer of this verticle can subscribe before the first notification.
    context.runOnContext(deployed -> begin());
    return Future.succeededFuture();
  }

  private void begin() {
    List<ReplayLogEntry> log = runner.handover().log();
    if (stopping) {
      return;
    }
    if (finalReport != null) {
      recovery = finalReport.recovery();
      announceFinished();
      return;
    }
    openKeyClaims();
    if (log.isEmpty()) {
      startRecovery(earlierStages);
    } else {
      RecoveryReplay.replay(log, config, me, earlierStages)
          .ifPresentOrElse(this::resume, this::restart);
    }
  }

  private void restart() {
    LOG.warn("Failed to replay the recovery log; restarting the recovery");
    startRecovery(earlierStages);
  }

  private void startRecovery(List<Report.StageReport> stagesBefore) {
    long seed = random.nextLong();
    replay = new RecoveryReplay(config, me, seed, stagesBefore, now());
    applyEvent(new RecoveryEvent.Started(seed, recovery));
  }

  /** Continues where the earlier leader stopped. */
  private void resume(RecoveryReplay replayed) {
    replay = replayed;
    recovery = replayed.recovery();
    List<PlanCommand> unfinished = replay.unfinishedCommands();
    applyEvent(
        new RecoveryEvent.LeaderChanged(runner.handover().member(), runner.handover().term()));
    // Only the previous leader knows these peers, so discover them again.
    bus.request(DiscoveryRequest.ADDRESS, new DiscoveryRequest.RunDiscovery(), Timeouts.DISCOVERY)
        .onFailure(
            failure ->
                LOG.atLevel(BusFailure.logLevel(failure))
                    .log(
                        "Failed to discover peers after a handover; continuing without them;"
                            + " reason={}",
                        failure.getMessage()));
    unfinished.forEach(this::execute);
    announceProgress();
  }

  @Override
  public Future<?> stop() {
    timer.cancel();
    silentPing.cancel();
    watch.pause();
    if (runner.outlivesNode() || replay.plan().finished()) {
      stopping = true;
      return finishAnnounced;
    }
    return bus.request(
            DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours(), Timeouts.STATUS)
        .map(list -> (int) list.neighbours().stream().filter(Neighbour::online).count())
        .otherwise(0)
        .compose(
            online -> {
              // Before the finish, which waits for the open requests of a stop.
              stopping = true;
              watch.pause();
              applyNow(new RecoveryEvent.StopRequested(online));
              return finishAnnounced;
            });
  }

  private Future<? extends BusMessage> onRequest(RecoveryRequest<?> request) {
    return switch (request) {
      case RecoveryRequest.GetRecoveryReport get ->
          (finalReport != null ? checkHeld() : refreshTotals())
              .transform(ended -> Future.succeededFuture(currentReport()));
      case RecoveryRequest.StartRecovery start -> onStartRecovery();
    };
  }

  private Future<RecoveryStarted> onStartRecovery() {
    if (stopping) {
      return Future.failedFuture(new UnavailableException("the node is stopping"));
    }
    boolean idle = finalReport != null;
    if (idle) {
      recoverAgain("The operator requested a recovery", false);
    }
    return Future.succeededFuture(new RecoveryStarted(recovery, idle));
  }

  private CurrentReport currentReport() {
    if (finalReport == null) {
      String stage = replay.plan().stageLabel();
      boolean ready = staysReady || (tried && readyWhenTried());
      String reason = ready ? "" : "the recovery is running: " + stage;
      return new CurrentReport(
          stage, false, unfinishedReport(), reason, replay.plan().awaitedPeers());
    }
    return isDone()
        ? new CurrentReport("done", true, finalReport, "")
        : new CurrentReport(
            "waiting for neighbours",
            true,
            finalReport,
            staysReady || readyWhenTried() ? "" : waitingSentence());
  }

  private boolean readyWhenTried() {
    return config.readyWhen() == RecoveryConfig.ReadyWhen.TRIED;
  }

  /** An answer alone is not enough: an empty ledger answers too. */
  private boolean isDone() {
    return finalReport != null && !finalReport.isIsolated() && holdsOthers;
  }

  private String waitingSentence() {
    if (!finalReport.isIsolated()) {
      return "the neighbours that answered hold nothing yet."
          + " The first nodes of a network need recovery.ready_when \"tried\"";
    }
    if (replay.plan().onlyRefused()) {
      return "the neighbours that answered refused, and the node asks them again: "
          + String.join("; ", finalReport.reasons());
    }
    return "the node waits for neighbours: "
        + String.join("; ", finalReport.reasons())
        + ". The first node of a network needs recovery.ready_when \"tried\"";
  }

  private void onDiscoveryNotification(DiscoveryNotification notification) {
    switch (notification) {
      case DiscoveryNotification.NeighbourAppeared appeared -> {
        if (watch.isWatching()) {
          watch.onNeighbourAppeared();
        } else if (replay.plan().waitsForNeighbours()) {
          applyEvent(new RecoveryEvent.NeighbourAppeared());
        }
      }
    }
  }

  private void recoverAgain(String cause, boolean keepsReady) {
    LOG.info("{}; the node recovers; recovery={}", cause, recovery + 1);
    watch.pause();
    recovery++;
    staysReady = keepsReady;
    finalReport = null;
    openKeyClaims();
    startRecovery(List.of());
  }

  /** A late result of an earlier recovery changes nothing. */
  private void applyEvent(RecoveryReplay origin, RecoveryEvent event) {
    if (origin == replay) {
      applyEvent(event);
    }
  }

  private void applyEvent(RecoveryEvent event) {
    if (stopping && finalReport == null) {
      // The ledger holds its events, so the report counts them too.
      replay.addLateResult(event, now());
    }
    if (!replay.plan().finished() && !stopping) {
      applyNow(event);
    }
  }

  private void applyNow(RecoveryEvent event) {
    Instant now = now();
    int index = replay.eventCount();
    List<PlanCommand> commands = replay.apply(event, now);
    runner.append(index, new ReplayLogEntry(now, event, RecoveryReplay.fetchesIn(commands)));
    commands.forEach(this::execute);
    if (event instanceof RecoveryEvent.FetchEnded
        || event instanceof RecoveryEvent.ReconcileEnded) {
      announceProgress();
    }
  }

  private void execute(PlanCommand command) {
    switch (command) {
      case PlanCommand.WaitUntil until -> waitUntil(until);
      case PlanCommand.FindFurther further -> {
        announceProgress();
        send(further);
      }
      case PlanCommand.Request request -> send(request);
      case PlanCommand.EnterStage stage -> announceProgress();
      case PlanCommand.LeaveStage left ->
          LOG.info(
              "Left a recovery stage; stage={} stage_outcome={} reason=\"{}\"",
              left.stage(),
              left.outcome(),
              left.reason());
      case PlanCommand.Finish finish -> finish(finish);
    }
  }

  private void send(PlanCommand.Request request) {
    RecoveryReplay origin = replay;
    executor.execute(request, event -> applyEvent(origin, event));
  }

  private void waitUntil(PlanCommand.WaitUntil until) {
    RecoveryReplay origin = replay;
    timer =
        scheduler.schedule(
            vertx,
            Duration.between(now(), until.time()),
            () -> applyEvent(origin, new RecoveryEvent.TimerFired()));
    pingSilentPeers();
  }

  /**
   * Pings the silent configured peers while the plan only awaits lost peers: discovery announces
   * one that responds. The next ping starts after the last one has ended.
   */
  private void pingSilentPeers() {
    silentPing.cancel();
    if (pingsSilentPeers || stopping || !replay.plan().onlyAwaitsLostPeers()) {
      return;
    }
    pingsSilentPeers = true;
    bus.request(
            DiscoveryRequest.ADDRESS,
            new DiscoveryRequest.PingSilentPeers(Set.of()),
            Timeouts.DISCOVERY)
        .onComplete(
            ended -> {
              pingsSilentPeers = false;
              if (!stopping && replay.plan().onlyAwaitsLostPeers()) {
                silentPing =
                    scheduler.schedule(
                        vertx, RecoveryLimits.SILENT_PING_INTERVAL, this::pingSilentPeers);
              }
            });
  }

  /** Updates the report's totals of other verticles. A failed request keeps the old values. */
  private Future<?> refreshTotals() {
    return Future.join(
        bus.request(LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats(), Timeouts.LOCAL)
            .onSuccess(replay.report()::setLedger),
        bus.request(TrustRequest.ADDRESS, new TrustRequest.ListKeyConflicts(), Timeouts.STATUS)
            .onSuccess(replay.report()::setConflicts));
  }

  /** Finds out whether the ledger holds an event of another nara. Never fails. */
  private Future<Boolean> checkHeld() {
    if (holdsOthers) {
      return Future.succeededFuture(true);
    }
    Future<LedgerStats> all =
        bus.request(LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats(), Timeouts.LOCAL);
    return all.compose(
            stats ->
                bus.request(
                    LedgerRequest.ADDRESS, new LedgerRequest.FindByEmitter(me), Timeouts.LOCAL))
        .onSuccess(own -> holdsOthers = all.result().total() > own.events().size())
        .transform(checked -> Future.succeededFuture(holdsOthers));
  }

  private void openKeyClaims() {
    bus.request(TrustRequest.ADDRESS, new TrustRequest.OpenKeyClaims(), Timeouts.LOCAL)
        .onFailure(
            failure ->
                LOG.atLevel(BusFailure.logLevel(failure))
                    .log(
                        "Cannot open the key claims; the first key of each name holds; reason={}",
                        failure.getMessage()));
  }

  private Future<?> settleKeyClaims() {
    return bus.request(TrustRequest.ADDRESS, new TrustRequest.SettleKeyClaims(), Timeouts.LOCAL);
  }

  private void finish(PlanCommand.Finish finish) {
    timer.cancel();
    silentPing.cancel();
    List<String> reasons = new ArrayList<>(finish.reasons());
    finishAnnounced =
        (stopping ? executor.awaitOpenRequests() : Future.succeededFuture())
            .onFailure(
                late ->
                    reasons.add(
                        "the replies to some requests had not ended; the report does not count"
                            + " their events"))
            .transform(ended -> refreshTotals())
            .transform(ended -> settleKeyClaims())
            .transform(ended -> checkHeld())
            .transform(
                ended -> {
                  finalReport =
                      replay.buildReport(finish.recoveryOutcome().label(), reasons, now());
                  LOG.info(
                      "Finished the recovery; recovery={} passes={} outcome={} ledger_events={}",
                      recovery,
                      finalReport.passes(),
                      finalReport.outcome(),
                      finalReport.ledgerTotals().total());
                  runner.storeReport(finalReport);
                  announceFinished();
                  return Future.succeededFuture();
                });
  }

  private void announceFinished() {
    bus.publish(
        RecoveryNotification.ADDRESS, new RecoveryNotification.RecoveryFinished(finalReport));
    // Published instead of requested, because a node without a plaza has no consensus verticle.
    bus.publish(ConsensusRequest.ADDRESS, new ConsensusRequest.StartConsensus());
    tried = true;
    if (stopping) {
      return;
    }
    RecoveryPlan plan = replay.plan();
    if (finalReport.isIsolated() || plan.finished()) {
      watch.onRecoveryEnded(finalReport, plan.peers(), plan.failedPeers(), plan.onlyRefused());
    } else {
      // An earlier leader of the cluster finished it; whom it had to ask is not known here.
      checkHeld();
    }
  }

  private void announceProgress() {
    RecoveryPlan plan = replay.plan();
    if (plan.finished() || stopping) {
      return;
    }
    bus.publish(
        RecoveryNotification.ADDRESS,
        new RecoveryNotification.RecoveryProgressed(
            plan.stageLabel(),
            plan.callsCompleted(),
            plan.callsPlanned(),
            plan.remainingEvents(),
            unfinishedReport()));
  }

  private Report unfinishedReport() {
    return replay.buildReport("running", List.of(), now());
  }

  private Instant now() {
    return steady.instant();
  }
}
