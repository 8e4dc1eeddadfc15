package nara.recovery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import nara.ledger.LedgerRequest.LedgerStats;

/**
 * How a recovery goes: its plan, its report, and what is under way. What happened leads to what is
 * to be done, and to nothing else; so whoever lets a course of his own hear the same things, in the
 * same order, stands at the same place.
 */
final class Course {
  private final RecoveryPlan plan;
  private final ReportBuilder report;

  /** Calls that have begun and not ended. */
  private final Map<Integer, Command> underWay = new LinkedHashMap<>();

  /** What else was begun last, and has not ended. */
  private Optional<Command> pending = Optional.empty();

  /**
   * A recovery that has not begun.
   *
   * @param seed of the plan's chance
   * @param before what the node did before: the report begins with it
   */
  Course(RecoveryConfig config, String me, long seed, List<Report.Stage> before, Instant now) {
    plan = new RecoveryPlan(config, me, new SplittableRandom(seed));
    report = new ReportBuilder(now);
    before.forEach(report::begunWith);
  }

  /**
   * Comes to where another stood.
   *
   * @param past what the other heard, and which calls it began because of that; not empty
   * @return empty when this plan would have begun other calls: then it cannot be followed
   */
  static Optional<Course> following(
      List<SharedWork.Noted> past, RecoveryConfig config, String me, List<Report.Stage> before) {
    // The recovery began when the first one's did: the report counts from there.
    long seed = past.get(0).happening() instanceof Happening.Started started ? started.seed() : 0;
    Course course = new Course(config, me, seed, before, past.get(0).at());
    for (SharedWork.Noted noted : past) {
      List<Command> commands = course.hear(noted.happening(), noted.at());
      if (!fetches(commands).equals(noted.began())) {
        return Optional.empty();
      }
    }
    return Optional.of(course);
  }

  /** The calls among these. */
  static List<Command.Fetch> fetches(List<Command> commands) {
    return commands.stream()
        .filter(Command.Fetch.class::isInstance)
        .map(Command.Fetch.class::cast)
        .toList();
  }

  RecoveryPlan plan() {
    return plan;
  }

  /** Takes note of what the ledger holds. */
  void ledger(LedgerStats stats) {
    report.ledger(stats);
  }

  /** The report as it is now. */
  Report report(String outcome, List<String> reasons, Instant now) {
    return report.build(outcome, reasons, plan::conduct, now);
  }

  /** The stage that was entered last. */
  String stage() {
    return report.stage();
  }

  /** What has begun and not ended, to be done again by whoever goes on. */
  List<Command> underWay() {
    List<Command> all = new ArrayList<>(underWay.values());
    pending.ifPresent(all::add);
    return all;
  }

  /** Lets report and plan know what happened; what is to be done now. */
  List<Command> hear(Happening happening, Instant at) {
    boolean besides =
        happening instanceof Happening.CallEnded
            || happening instanceof Happening.ReconcileEnded
            || happening instanceof Happening.TookOver;
    pending = besides ? pending : Optional.empty();
    write(happening, at);
    List<Command> commands = plan.on(happening, at);
    commands.forEach(command -> note(command, at));
    return commands;
  }

  private void write(Happening happening, Instant at) {
    switch (happening) {
      case Happening.Found found -> report.neighbours(found.neighbours());
      case Happening.CallEnded ended -> {
        if (underWay.remove(ended.call()) instanceof Command.Fetch fetch) {
          report.fetched(fetch.peer().name(), ended.member(), ended.outcome());
        }
      }
      case Happening.ReconcileEnded ended -> {
        if (underWay.remove(ended.call()) instanceof Command.Reconcile reconcile) {
          report.reconciled(reconcile.peer().name(), ended.outcome());
        }
      }
      case Happening.PlazaEnded ended -> report.plaza(ended.answered());
      case Happening.CheckpointsEnded ended -> report.checkpoints(ended.synced());
      case Happening.KeysSought sought -> report.judgedAgain(sought.offered());
      case Happening.PingsSeeded seeded -> report.pingsSeeded(seeded.targets());
      case Happening.TookOver another ->
          report.tookOver(
              "%s leads in term %d; %d calls under way are made again"
                  .formatted(another.member(), another.term(), underWay.size()),
              at);
      case Happening.Started started -> {}
      case Happening.TimeCame time -> {}
      case Happening.StopAsked stop -> {}
      case Happening.Broke broke -> {}
    }
  }

  private void note(Command command, Instant at) {
    switch (command) {
      case Command.Fetch fetch -> underWay.put(fetch.call(), fetch);
      case Command.Reconcile reconcile -> underWay.put(reconcile.call(), reconcile);
      case Command.Enter enter -> report.enter(enter.stage(), at);
      case Command.Leave leave -> report.leave(leave.outcome(), leave.reason(), at);
      case Command.WaitUntil wait -> pending = Optional.of(wait);
      case Command.Discover discover -> pending = Optional.of(discover);
      case Command.AskPlaza ask -> pending = Optional.of(ask);
      case Command.SyncCheckpoints sync -> pending = Optional.of(sync);
      case Command.SeekKeys seek -> pending = Optional.of(seek);
      case Command.SeedPings seed -> pending = Optional.of(seed);
      case Command.Finish finish -> pending = Optional.of(finish);
    }
  }
}
