package nara.recovery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import nara.recovery.ClusterWorkRequest.ReplayLogEntry;
import nara.recovery.PlanCommand.PeerCall;
import nara.recovery.PlanCommand.StartFetch;
import nara.recovery.PlanCommand.Step;
import nara.recovery.report.Report;
import nara.recovery.report.ReportBuilder;

/**
 * The state of a recovery: its plan, its report, and the commands that have not ended. It depends
 * on the applied events alone, so a replay of the same events restores the same state.
 */
final class RecoveryReplay {
  private final RecoveryPlan plan;
  private final ReportBuilder report;
  private final Map<Integer, PeerCall> inFlight = new LinkedHashMap<>();
  private Optional<Step> pendingStep = Optional.empty();
  private int eventCount;

  /**
   * A recovery that has not started, with a seed for its plan and earlier stages for its report.
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
   * Restores the state of an earlier leader.
   *
   * @param log its events; not empty
   * @return empty when this plan starts other fetches than the logged ones
   */
  static Optional<RecoveryReplay> replay(
      List<ReplayLogEntry> log,
      RecoveryConfig config,
      String me,
      List<Report.StageReport> earlierStages) {
    ReplayLogEntry first = log.getFirst();
    long seed = first.recoveryEvent() instanceof RecoveryEvent.Started started ? started.seed() : 0;
    RecoveryReplay replay = new RecoveryReplay(config, me, seed, earlierStages, first.at());
    for (ReplayLogEntry entry : log) {
      List<PlanCommand> commands = replay.apply(entry.recoveryEvent(), entry.at());
      if (!fetchesIn(commands).equals(entry.startedFetches())) {
        return Optional.empty();
      }
    }
    return Optional.of(replay);
  }

  static List<StartFetch> fetchesIn(List<PlanCommand> commands) {
    return commands.stream()
        .filter(StartFetch.class::isInstance)
        .map(StartFetch.class::cast)
        .toList();
  }

  RecoveryPlan plan() {
    return plan;
  }

  ReportBuilder report() {
    return report;
  }

  Report buildReport(String outcome, List<String> reasons, Instant now) {
    report.setPasses(plan.passes());
    return report.build(outcome, reasons, plan::peerScore, now);
  }

  /** The number of this recovery since the node's start. */
  int recovery() {
    return report.recovery();
  }

  /** The number of applied events: the index of the next one. */
  int eventCount() {
    return eventCount;
  }

  /** The commands that a new leader has to execute again. */
  List<PlanCommand> unfinishedCommands() {
    List<PlanCommand> all = new ArrayList<>(inFlight.values());
    pendingStep.ifPresent(all::add);
    return all;
  }

  /** Applies an event; returns the commands to execute now. */
  List<PlanCommand> apply(RecoveryEvent event, Instant at) {
    eventCount++;
    boolean keepsStep =
        event instanceof RecoveryEvent.FetchEnded
            || event instanceof RecoveryEvent.ReconcileEnded
            || event instanceof RecoveryEvent.NeighbourAppeared
            || event instanceof RecoveryEvent.LeaderChanged;
    pendingStep = keepsStep ? pendingStep : Optional.empty();
    addToReport(event, at);
    List<PlanCommand> commands = plan.onEvent(event, at);
    commands.forEach(command -> track(command, at));
    return commands;
  }

  /** Adds the result of a request that was open when the plan finished; the plan ignores it. */
  void addLateResult(RecoveryEvent event, Instant at) {
    switch (event) {
      case RecoveryEvent.FetchEnded ended -> addToReport(ended, at);
      case RecoveryEvent.ReconcileEnded ended -> addToReport(ended, at);
      case RecoveryEvent.PlazaEnded ended -> addToReport(ended, at);
      case RecoveryEvent.CheckpointsEnded ended -> addToReport(ended, at);
      case RecoveryEvent.KeySearchEnded ended -> addToReport(ended, at);
      case RecoveryEvent.NeighboursDiscovered found -> {}
      case RecoveryEvent.PingTimesSeeded seeded -> {}
      case RecoveryEvent.LeaderChanged changed -> {}
      case RecoveryEvent.Started started -> {}
      case RecoveryEvent.NeighbourAppeared appeared -> {}
      case RecoveryEvent.TimerFired fired -> {}
      case RecoveryEvent.StopRequested stop -> {}
      case RecoveryEvent.StageFailed failed -> {}
    }
  }

  private void addToReport(RecoveryEvent event, Instant at) {
    switch (event) {
      case RecoveryEvent.NeighboursDiscovered found -> {
        if (plan.passes() == 0) {
          report.setLedgerBefore(found.ledgerSize());
        }
        report.addNeighbours(
            found.neighbours().stream()
                .filter(each -> plan.passes() == 0 || (each.online() && !each.isHearsay()))
                .toList());
      }
      case RecoveryEvent.FetchEnded ended -> {
        if (inFlight.remove(ended.callId()) instanceof PeerCall call) {
          report.addFetch(call.peer().name(), ended.member(), ended.outcome());
        }
      }
      case RecoveryEvent.ReconcileEnded ended -> {
        if (inFlight.remove(ended.callId()) instanceof PeerCall call) {
          report.addReconcile(call.peer().name(), ended.outcome());
        }
      }
      case RecoveryEvent.PlazaEnded ended -> report.addPlazaResponses(ended.result());
      case RecoveryEvent.CheckpointsEnded ended -> report.setCheckpoints(ended.result());
      case RecoveryEvent.KeySearchEnded ended -> report.addRejudged(ended.result().offerResult());
      case RecoveryEvent.PingTimesSeeded seeded -> report.setPingTimesSeeded(seeded.targets());
      case RecoveryEvent.LeaderChanged changed ->
          report.addHandover(
              "%s leads in term %d; %d calls in flight are repeated"
                  .formatted(changed.member(), changed.term(), inFlight.size()),
              at);
      case RecoveryEvent.Started started -> report.setRecovery(started.recovery());
      case RecoveryEvent.NeighbourAppeared appeared -> {}
      case RecoveryEvent.TimerFired fired -> {}
      case RecoveryEvent.StopRequested stop -> {}
      case RecoveryEvent.StageFailed failed -> {}
    }
  }

  private void track(PlanCommand command, Instant at) {
    switch (command) {
      case PeerCall call -> inFlight.put(call.callId(), call);
      case Step step -> pendingStep = Optional.of(step);
      case PlanCommand.EnterStage entered -> report.enterStage(at);
      case PlanCommand.LeaveStage left ->
          report.leaveStage(left.stage(), left.outcome(), left.reason(), at);
    }
  }
}
