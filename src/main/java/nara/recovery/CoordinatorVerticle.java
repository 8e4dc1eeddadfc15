package nara.recovery;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import nara.bounds.LogOnce;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.checkpoint.consensus.ConsensusRequest;
import nara.checkpoint.sync.CheckpointSyncRequest;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.Neighbour;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.mesh.client.MeshRequest;
import nara.mesh.wire.MeshFailure;
import nara.mqtt.PlazaRequest;
import nara.mqtt.PlazaRequest.PlazaState;
import nara.recovery.report.Report;
import nara.trust.TrustRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the recovery plan out: commands become requests to the other verticles, their answers
 * become happenings. Tells {@link RecoveryNotification.RecoveryFinished} exactly once, whatever
 * happens.
 *
 * <p>In a cluster it is the leader's. What happens is noted there; a later leader's coordinator
 * lets its own plan hear all of that again, and so comes to stand where the one before it stood. It
 * then does what was under way.
 */
public final class CoordinatorVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorVerticle.class);

  private final RecoveryConfig config;
  private final String me;
  private final Scheduler scheduler;

  /** Of the plan's chance: where what neighbours gave is checked. */
  private final long seed;

  private final List<Report.StageReport> earlierStages;
  private final Optional<ClusterWorkRequest.LeaderHandover> handover;

  private int logIndex;
  private final LogOnce appendFailures = new LogOnce(LOG::warn);
  private Bus bus;
  private RecoveryReplay recoveryReplay;
  private String stage = "";

  /** The last report, once it is told. */
  private Report finalReport;

  /** Done when the report is told, if it is to be: whoever stops this node waits for it. */
  private Future<?> finishAnnounced = Future.succeededFuture();

  private Scheduler.TimerHandle timer = () -> {};
  private boolean stopping;

  /**
   * The coordinator of one recovery; it begins when the verticle is deployed.
   *
   * @param me this node's name
   * @param random where what neighbours gave is checked
   * @param earlierStages what the node did before, such as reading its snapshot: the report begins
   *     with it
   */
  public CoordinatorVerticle(
      RecoveryConfig config,
      String me,
      Scheduler scheduler,
      RandomGenerator random,
      List<Report.StageReport> earlierStages) {
    this(config, me, scheduler, random, earlierStages, Optional.empty());
  }

  /**
   * The coordinator of a recovery that a cluster shares.
   *
   * @param handover what this member finds as its leader; empty when the node runs alone
   */
  public CoordinatorVerticle(
      RecoveryConfig config,
      String me,
      Scheduler scheduler,
      RandomGenerator random,
      List<Report.StageReport> earlierStages,
      Optional<ClusterWorkRequest.LeaderHandover> handover) {
    this.handover = handover;
    this.seed = random.nextLong();
    this.config = config;
    this.me = me;
    this.scheduler = scheduler;
    this.earlierStages = earlierStages;
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    recoveryReplay = new RecoveryReplay(config, me, seed, earlierStages, now());
    bus.serve(RecoveryRequest.ADDRESS, RecoveryRequest.class, this::onRequest);
    finalReport = handover.flatMap(ClusterWorkRequest.LeaderHandover::report).orElse(null);
    // After the deployment is reported, so that whoever deploys hears of all that follows.
    context.runOnContext(deployed -> begin());
    return Future.succeededFuture();
  }

  private void begin() {
    if (stopping) {
      return;
    }
    List<ClusterWorkRequest.ReplayLogEntry> log =
        handover.map(ClusterWorkRequest.LeaderHandover::log).orElse(List.of());
    if (finalReport != null) {
      announceFinished();
    } else if (log.isEmpty()) {
      applyEvent(new RecoveryEvent.Started(seed));
    } else {
      RecoveryReplay.replay(log, config, me, earlierStages)
          .ifPresentOrElse(replay -> resume(replay, log.size()), this::restart);
    }
  }

  private void restart() {
    LOG.warn("what was noted of the recovery cannot be followed; it begins anew");
    applyEvent(new RecoveryEvent.Started(seed));
  }

  /** Stands where the leader before stood, and does what was under way there. */
  private void resume(RecoveryReplay replay, int logSize) {
    recoveryReplay = replay;
    logIndex = logSize;
    stage = recoveryReplay.stage();
    List<PlanCommand> unfinished = recoveryReplay.unfinishedCommands();
    handover.ifPresent(
        mine -> applyEvent(new RecoveryEvent.LeaderChanged(mine.member(), mine.term())));
    // Whom a recovery has found is known to the discovery of the leader before only.
    bus.request(DiscoveryRequest.ADDRESS, new DiscoveryRequest.RunDiscovery(), Timeouts.DISCOVERY)
        .onFailure(failure -> LOG.warn("discovery after the handover: {}", failure.toString()));
    unfinished.forEach(this::execute);
    announceProgress();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    timer.cancel();
    if (handover.isEmpty()) {
      applyEvent(new RecoveryEvent.StopRequested());
    }
    return finishAnnounced;
  }

  private Future<? extends BusMessage> onRequest(RecoveryRequest<?> request) {
    return switch (request) {
      case RecoveryRequest.GetRecoveryReport soFar ->
          finalReport != null
              ? Future.succeededFuture(currentReport(finalReport))
              // Without a count, when the ledger is gone already, it is as it was counted before.
              : refreshTotals()
                  .transform(counted -> Future.succeededFuture(currentReport(reportSoFar())));
    };
  }

  private RecoveryRequest.CurrentReport currentReport(Report soFar) {
    String label = finalReport != null ? "done" : recoveryReplay.plan().stageLabel();
    return new RecoveryRequest.CurrentReport(label, finalReport != null, soFar);
  }

  /** Tells the plan what happened and does what it answers. */
  private void applyEvent(RecoveryEvent recoveryEvent) {
    if (recoveryReplay.plan().finished() || stopping && handover.isPresent()) {
      return;
    }
    Instant now = now();
    List<PlanCommand> planCommands = recoveryReplay.apply(recoveryEvent, now);
    if (handover.isPresent()) {
      appendToLog(
          new ClusterWorkRequest.ReplayLogEntry(
              now, recoveryEvent, RecoveryReplay.fetchesIn(planCommands)));
    }
    planCommands.forEach(this::execute);
  }

  /** A note that cannot be kept costs a later leader what follows from it: calls made again. */
  private void appendToLog(ClusterWorkRequest.ReplayLogEntry entry) {
    bus.request(
            ClusterWorkRequest.ADDRESS,
            new ClusterWorkRequest.AppendEntry(logIndex++, entry),
            Timeouts.LOCAL)
        .onSuccess(done -> appendFailures.clear())
        .onFailure(this::onAppendFailed);
  }

  private void onAppendFailed(Throwable failure) {
    appendFailures.log("Cannot store the recovery's progress: " + failure.getMessage());
  }

  private void execute(PlanCommand planCommand) {
    switch (planCommand) {
      case PlanCommand.WaitUntil until -> setTimer(until.time());
      case PlanCommand.StartDiscovery startDiscovery -> onDiscover();
      case PlanCommand.StartFetch startFetch -> onFetch(startFetch);
      case PlanCommand.StartReconcile startReconcile -> onReconcile(startReconcile);
      case PlanCommand.FetchFromPlaza ask -> onFetchFromPlaza(ask);
      case PlanCommand.SyncCheckpoints sync -> onSyncCheckpoints(sync);
      case PlanCommand.SearchKeys seek -> onSearchKeys(seek);
      case PlanCommand.SeedPingTimes seed -> onSeedPingTimes();
      case PlanCommand.EnterStage enterStage -> {
        stage = enterStage.stage();
        announceProgress();
      }
      case PlanCommand.LeaveStage leaveStage ->
          LOG.info("{}: {} {}", stage, leaveStage.outcome(), leaveStage.reason());
      case PlanCommand.Finish finish -> onFinish(finish);
    }
  }

  private void setTimer(Instant moment) {
    Duration left = Duration.between(now(), moment);
    timer = scheduler.schedule(vertx, left, () -> applyEvent(new RecoveryEvent.TimerFired()));
  }

  private void onDiscover() {
    Future<NeighbourList> found =
        bus.request(
            DiscoveryRequest.ADDRESS, new DiscoveryRequest.RunDiscovery(), Timeouts.DISCOVERY);
    Future<PlazaState> plaza =
        bus.request(PlazaRequest.ADDRESS, new PlazaRequest.GetPlazaState(), Timeouts.LOCAL);
    Future<LedgerStats> held =
        bus.request(LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats(), Timeouts.LOCAL);
    Future.all(found, plaza, held)
        .onSuccess(
            all ->
                applyEvent(
                    new RecoveryEvent.NeighboursDiscovered(
                        found.result().neighbours(),
                        discoveryWarnings(found.result(), plaza.result()),
                        plaza.result().configured(),
                        held.result().total())))
        .onFailure(failure -> onPartFailed("discovery", failure));
  }

  /** What kept neighbours from being found; where some were, the broker was not needed for it. */
  private static List<String> discoveryWarnings(NeighbourList found, PlazaState plaza) {
    boolean alone = found.neighbours().stream().noneMatch(Neighbour::online);
    if (!alone || !plaza.configured() || plaza.connected()) {
      return found.problems();
    }
    List<String> all = new ArrayList<>(found.problems());
    all.add("the plaza: " + plaza.error());
    return all;
  }

  private void onFetch(PlanCommand.StartFetch startFetch) {
    fetch(startFetch)
        // One call that went wrong within this node costs that call: it is tried again.
        .otherwise(
            failure ->
                new ClusterWorkRequest.FetchedByMember(
                    handover.map(ClusterWorkRequest.LeaderHandover::member).orElse(""),
                    new MeshRequest.FetchFailed(
                        MeshFailure.STALLED, failureMessage("the mesh", failure))))
        .onSuccess(
            by -> {
              if (recoveryReplay.plan().finished()) {
                return;
              }
              applyEvent(
                  new RecoveryEvent.FetchEnded(startFetch.callId(), by.outcome(), by.member()));
              announceProgress();
            });
  }

  private Future<ClusterWorkRequest.FetchedByMember> fetch(PlanCommand.StartFetch startFetch) {
    Duration busTimeout = startFetch.timeout().plus(Timeouts.MERGE_ALLOWANCE);
    return handover.isPresent()
        ? bus.request(
            ClusterWorkRequest.ADDRESS,
            new ClusterWorkRequest.FetchOnMember(
                startFetch.peer(),
                startFetch.query(),
                startFetch.timeout(),
                startFetch.stallTimeout()),
            busTimeout)
        : bus.request(
                MeshRequest.ADDRESS,
                new MeshRequest.FetchPage(
                    startFetch.peer(),
                    startFetch.query(),
                    startFetch.timeout(),
                    Optional.of(startFetch.stallTimeout())),
                busTimeout)
            .map(outcome -> new ClusterWorkRequest.FetchedByMember("", outcome));
  }

  private void onReconcile(PlanCommand.StartReconcile startReconcile) {
    bus.request(
            MeshRequest.ADDRESS,
            new MeshRequest.ReconcileWithPeer(
                startReconcile.peer(), Long.MIN_VALUE, startReconcile.timeout()),
            Timeouts.RECONCILE)
        .otherwise(
            failure ->
                new MeshRequest.ReconcileFailed(
                    MeshFailure.STALLED, failureMessage("the mesh", failure)))
        .onSuccess(
            outcome -> {
              applyEvent(new RecoveryEvent.ReconcileEnded(startReconcile.callId(), outcome));
              announceProgress();
            });
  }

  private void onFetchFromPlaza(PlanCommand.FetchFromPlaza ask) {
    bus.request(
            PlazaRequest.ADDRESS,
            new PlazaRequest.FetchLedgers(
                ask.subjectsByNeighbour(), config.plazaQuiet(), config.plazaDeadline()),
            config.plazaDeadline().plus(Timeouts.MERGE_ALLOWANCE))
        .onSuccess(answered -> applyEvent(new RecoveryEvent.PlazaEnded(answered)))
        .onFailure(failure -> onPartFailed("the plaza", failure));
  }

  private void onSyncCheckpoints(PlanCommand.SyncCheckpoints sync) {
    bus.request(
            CheckpointSyncRequest.ADDRESS,
            new CheckpointSyncRequest.Sync(sync.peers()),
            Timeouts.CHECKPOINTS)
        .onSuccess(syncResult -> applyEvent(new RecoveryEvent.CheckpointsEnded(syncResult)))
        .onFailure(failure -> onPartFailed("the checkpoint stage", failure));
  }

  private void onSearchKeys(PlanCommand.SearchKeys seek) {
    searchKeys(seek.peers())
        .onSuccess(
            found ->
                applyEvent(
                    new RecoveryEvent.KeySearchEnded(
                        found.namesQueried(), found.keysLearned(), found.offerResult())))
        .onFailure(failure -> onPartFailed("the search for keys", failure));
  }

  private Future<ClusterWorkRequest.KeySearchTotals> searchKeys(List<MeshRequest.Peer> peers) {
    return handover.isPresent()
        ? bus.request(
            ClusterWorkRequest.ADDRESS,
            new ClusterWorkRequest.SearchKeysOnMembers(peers),
            Timeouts.CHECKPOINTS)
        : new KeySearch(bus)
            .search(peers)
            .map(
                keySearchResult ->
                    new ClusterWorkRequest.KeySearchTotals(
                        keySearchResult.namesQueried(),
                        keySearchResult.keysLearned(),
                        keySearchResult.offerResult()));
  }

  private void onSeedPingTimes() {
    bus.request(
            LedgerRequest.ADDRESS, new LedgerRequest.ComputeMeanRtts(Set.of(me)), Timeouts.LOCAL)
        .onSuccess(
            means -> applyEvent(new RecoveryEvent.PingTimesSeeded(means.millisByTarget().size())))
        .onFailure(failure -> onPartFailed("the ledger", failure));
  }

  /** Reads what the report takes from other verticles. A value keeps when its owner is gone. */
  private Future<?> refreshTotals() {
    return Future.join(
        bus.request(LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats(), Timeouts.LOCAL)
            .onSuccess(recoveryReplay::recordLedgerStats),
        bus.request(TrustRequest.ADDRESS, new TrustRequest.ListKeyConflicts(), Timeouts.LOCAL)
            .onSuccess(found -> recoveryReplay.recordConflicts(found.conflicts())));
  }

  private void onFinish(PlanCommand.Finish finish) {
    timer.cancel();
    // Where the ledger does not answer, the report is told all the same.
    finishAnnounced =
        refreshTotals()
            .transform(
                counted -> {
                  finalReport =
                      recoveryReplay.report(
                          finish.recoveryOutcome().label(), finish.reasons(), now());
                  LOG.info(
                      "boot recovery {}: {} events held",
                      finalReport.outcome(),
                      finalReport.ledgerTotals().total());
                  storeReport();
                  announceFinished();
                  return Future.succeededFuture();
                });
  }

  private void announceFinished() {
    bus.publish(
        RecoveryNotification.ADDRESS, new RecoveryNotification.RecoveryFinished(finalReport));
    // Told and not asked: a node without a plaza has nobody there.
    bus.publish(ConsensusRequest.ADDRESS, new ConsensusRequest.StartConsensus());
  }

  private void storeReport() {
    if (handover.isPresent()) {
      bus.request(
              ClusterWorkRequest.ADDRESS,
              new ClusterWorkRequest.StoreReport(finalReport),
              Timeouts.LOCAL)
          .onFailure(failure -> LOG.warn("the report was not kept: {}", failure.getMessage()));
    }
  }

  /** A part of this node did not answer: a defect or a shutdown. */
  private void onPartFailed(String part, Throwable failure) {
    applyEvent(new RecoveryEvent.StageFailed(failureMessage(part, failure)));
  }

  private static String failureMessage(String part, Throwable failure) {
    return part + " of this node did not answer: " + failure.getMessage();
  }

  private void announceProgress() {
    if (recoveryReplay.plan().finished() || stopping) {
      return;
    }
    bus.publish(
        RecoveryNotification.ADDRESS,
        new RecoveryNotification.RecoveryProgressed(
            recoveryReplay.plan().stageLabel(),
            recoveryReplay.plan().callsCompleted(),
            recoveryReplay.plan().callsPlanned(),
            reportSoFar()));
  }

  private Report reportSoFar() {
    return recoveryReplay.report("running", List.of(), now());
  }

  private Instant now() {
    return scheduler.instant();
  }
}
