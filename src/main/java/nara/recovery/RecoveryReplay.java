package nara.recovery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.recovery.report.Report;
import nara.recovery.report.ReportBuilder;

/**
 * How a recovery goes: its plan, its report, and what is under way. What happened leads to what is
 * to be done, and to nothing else; so whoever lets a course of his own hear the same things, in the
 * same order, stands at the same place.
 */
final class RecoveryReplay {
  private final RecoveryPlan plan;
  private final ReportBuilder report;

  /** Calls that have begun and not ended. */
  private final Map<Integer, PlanCommand> inFlight = new LinkedHashMap<>();

  /** What else was begun last, and has not ended. */
  private Optional<PlanCommand> pendingCommand = Optional.empty();

  /**
   * A recovery that has not begun.
   *
   * @param seed of the plan's chance
   * @param earlierStages what the node did before: the report begins with it
   */
  RecoveryReplay(
      RecoveryConfig config,
      String me,
      long seed,
      List<Report.StageReport> earlierStages,
      Instant now) {
    plan = new RecoveryPlan(config, me, new SplittableRandom(seed));
    report = new ReportBuilder(now);
    earlierStages.forEach(report::addEarlierStage);
  }

  /**
   * Comes to where another stood.
   *
   * @param log what the other heard, and which calls it began because of that; not empty
   * @return empty when this plan would have begun other calls: then it cannot be followed
   */
  static Optional<RecoveryReplay> replay(
      List<ClusterWorkRequest.ReplayLogEntry> log,
      RecoveryConfig config,
      String me,
      List<Report.StageReport> earlierStages) {
    // The recovery began when the first one's did: the report counts from there.
    long seed =
        log.get(0).recoveryEvent() instanceof RecoveryEvent.Started started ? started.seed() : 0;
    RecoveryReplay recoveryReplay =
        new RecoveryReplay(config, me, seed, earlierStages, log.get(0).at());
    for (ClusterWorkRequest.ReplayLogEntry entry : log) {
      List<PlanCommand> planCommands = recoveryReplay.apply(entry.recoveryEvent(), entry.at());
      if (!fetchesIn(planCommands).equals(entry.startedFetches())) {
        return Optional.empty();
      }
    }
    return Optional.of(recoveryReplay);
  }

  /** The calls among these. */
  static List<PlanCommand.StartFetch> fetchesIn(List<PlanCommand> planCommands) {
    return planCommands.stream()
        .filter(PlanCommand.StartFetch.class::isInstance)
        .map(PlanCommand.StartFetch.class::cast)
        .toList();
  }

  RecoveryPlan plan() {
    return plan;
  }

  /** Takes note of what the ledger holds. */
  void recordLedgerStats(LedgerStats stats) {
    report.setLedger(stats);
  }

  void recordConflicts(List<Keyring.Conflict> conflicts) {
    report.setConflicts(conflicts);
  }

  /** The report as it is now. */
  Report report(String outcome, List<String> reasons, Instant now) {
    return report.build(outcome, reasons, plan::peerScore, now);
  }

  /** The stage that was entered last. */
  String stage() {
    return report.stage();
  }

  /** What has begun and not ended, to be done again by whoever goes on. */
  List<PlanCommand> unfinishedCommands() {
    List<PlanCommand> all = new ArrayList<>(inFlight.values());
    pendingCommand.ifPresent(all::add);
    return all;
  }

  /** Lets report and plan know what happened; what is to be done now. */
  List<PlanCommand> apply(RecoveryEvent recoveryEvent, Instant at) {
    boolean keepsPending =
        recoveryEvent instanceof RecoveryEvent.FetchEnded
            || recoveryEvent instanceof RecoveryEvent.ReconcileEnded
            || recoveryEvent instanceof RecoveryEvent.LeaderChanged;
    pendingCommand = keepsPending ? pendingCommand : Optional.empty();
    addToReport(recoveryEvent, at);
    List<PlanCommand> planCommands = plan.onEvent(recoveryEvent, at);
    planCommands.forEach(planCommand -> track(planCommand, at));
    return planCommands;
  }

  private void addToReport(RecoveryEvent recoveryEvent, Instant at) {
    switch (recoveryEvent) {
      case RecoveryEvent.NeighboursDiscovered neighboursDiscovered ->
          report.addNeighbours(neighboursDiscovered.neighbours());
      case RecoveryEvent.FetchEnded ended -> {
        if (inFlight.remove(ended.callId()) instanceof PlanCommand.StartFetch startFetch) {
          report.addFetch(startFetch.peer().name(), ended.member(), ended.outcome());
        }
      }
      case RecoveryEvent.ReconcileEnded ended -> {
        if (inFlight.remove(ended.callId()) instanceof PlanCommand.StartReconcile startReconcile) {
          report.addReconcile(startReconcile.peer().name(), ended.outcome());
        }
      }
      case RecoveryEvent.PlazaEnded ended -> report.addPlazaResponses(ended.result());
      case RecoveryEvent.CheckpointsEnded ended -> report.setCheckpoints(ended.result());
      case RecoveryEvent.KeySearchEnded sought -> report.addRejudged(sought.offerResult());
      case RecoveryEvent.PingTimesSeeded seeded -> report.setPingTimesSeeded(seeded.targets());
      case RecoveryEvent.LeaderChanged another ->
          report.addHandover(
              "%s leads in term %d; %d calls under way are made again"
                  .formatted(another.member(), another.term(), inFlight.size()),
              at);
      case RecoveryEvent.Started started -> {}
      case RecoveryEvent.TimerFired time -> {}
      case RecoveryEvent.StopRequested stop -> {}
      case RecoveryEvent.StageFailed stageFailed -> {}
    }
  }

  private void track(PlanCommand planCommand, Instant at) {
    switch (planCommand) {
      case PlanCommand.StartFetch startFetch -> inFlight.put(startFetch.callId(), startFetch);
      case PlanCommand.StartReconcile startReconcile ->
          inFlight.put(startReconcile.callId(), startReconcile);
      case PlanCommand.EnterStage enterStage -> report.enterStage(enterStage.stage(), at);
      case PlanCommand.LeaveStage leaveStage ->
          report.leaveStage(leaveStage.outcome(), leaveStage.reason(), at);
      case PlanCommand.WaitUntil wait -> pendingCommand = Optional.of(wait);
      case PlanCommand.StartDiscovery startDiscovery ->
          pendingCommand = Optional.of(startDiscovery);
      case PlanCommand.FetchFromPlaza ask -> pendingCommand = Optional.of(ask);
      case PlanCommand.SyncCheckpoints sync -> pendingCommand = Optional.of(sync);
      case PlanCommand.SearchKeys seek -> pendingCommand = Optional.of(seek);
      case PlanCommand.SeedPingTimes seed -> pendingCommand = Optional.of(seed);
      case PlanCommand.Finish finish -> pendingCommand = Optional.of(finish);
    }
  }
}
