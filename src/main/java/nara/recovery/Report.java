package nara.recovery;

import java.util.List;
import java.util.Map;

/**
 * What a recovery did, as its JSON report says it.
 *
 * @param outcome {@code complete}, {@code partial} or {@code isolated}; {@code running} before
 * @param reasons why it is not complete, in sentences
 * @param startedAt ISO 8601, UTC
 * @param durationMs from the start to the end
 * @param stages in the order they were entered
 * @param neighbours what came from whom
 * @param events totals
 * @param checkpoints totals of the checkpoint stage
 * @param pingTimesSeeded targets whose average ping time was seeded
 * @param ledger what is held in the end
 * @param members of a cluster, and what each did; empty when the node runs alone
 */
public record Report(
    String outcome,
    List<String> reasons,
    String startedAt,
    long durationMs,
    List<Stage> stages,
    List<NeighbourShare> neighbours,
    Events events,
    Checkpoints checkpoints,
    int pingTimesSeeded,
    Ledger ledger,
    List<MemberShare> members) {

  /** The report of a node that runs alone. */
  public Report(
      String outcome,
      List<String> reasons,
      String startedAt,
      long durationMs,
      List<Stage> stages,
      List<NeighbourShare> neighbours,
      Events events,
      Checkpoints checkpoints,
      int pingTimesSeeded,
      Ledger ledger) {
    this(
        outcome,
        reasons,
        startedAt,
        durationMs,
        stages,
        neighbours,
        events,
        checkpoints,
        pingTimesSeeded,
        ledger,
        List.of());
  }

  /** One rung or stage: how it ended and why it was left. */
  public record Stage(
      String name, String outcome, String reason, long startedMs, long durationMs) {}

  /**
   * One neighbour's part.
   *
   * @param score how well it did what it was asked for, 0 to 1
   * @param droppedBecause why it was asked for nothing more; empty when it was not dropped
   */
  public record NeighbourShare(
      String name,
      String id,
      String address,
      int requests,
      int failures,
      String lastFailure,
      long bytes,
      int events,
      int fresh,
      int duplicate,
      int rejected,
      double score,
      String droppedBecause) {}

  /** What one member of a cluster fetched, judged and merged. */
  public record MemberShare(String name, int requests, int failures, int events, int fresh) {}

  /** All events of the recovery, by verdict label. */
  public record Events(
      int received,
      int duplicate,
      int merged,
      int quarantined,
      int rejected,
      int pruned,
      Map<String, Integer> verdicts) {}

  /** The checkpoint stage. */
  public record Checkpoints(int peersAsked, int peersAnswered, int received, int added) {}

  /** What is held in the end, by service name. */
  public record Ledger(int total, Map<String, Integer> byService) {}
}
