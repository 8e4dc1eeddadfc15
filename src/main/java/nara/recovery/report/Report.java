package nara.recovery.report;

import java.util.List;
import java.util.Map;

/**
 * What a recovery did, as its JSON report says it.
 *
 * @param outcome {@code complete}, {@code partial} or {@code isolated}; {@code running} before
 * @param reasons why it is not complete, in sentences
 * @param startedAt ISO 8601, UTC
 * @param durationMs from the start to the end
 * @param stageReports in the order they were entered
 * @param neighbours what came from whom
 * @param eventTotals totals
 * @param checkpointTotals totals of the checkpoint stage
 * @param pingTimesSeeded targets whose average ping time was seeded
 * @param ledgerTotals what is held in the end
 * @param members of a cluster, and what each did; empty when the node runs alone
 * @param conflicts contradictory key claims, oldest first
 */
public record Report(
    String outcome,
    List<String> reasons,
    String startedAt,
    long durationMs,
    List<StageReport> stageReports,
    List<NeighbourTotals> neighbours,
    EventTotals eventTotals,
    CheckpointTotals checkpointTotals,
    int pingTimesSeeded,
    LedgerTotals ledgerTotals,
    List<MemberTotals> members,
    List<KeyConflict> conflicts) {

  /** A report without any content. */
  public static Report empty(String outcome) {
    return new Report(
        outcome,
        List.of(),
        "",
        0,
        List.of(),
        List.of(),
        new EventTotals(0, 0, 0, 0, 0, 0, Map.of()),
        new CheckpointTotals(0, 0, 0, 0),
        0,
        new LedgerTotals(0, Map.of()),
        List.of(),
        List.of());
  }

  /** One rung or stage: how it ended and why it was left. */
  public record StageReport(
      String name, String outcome, String reason, long startedMs, long durationMs) {}

  /**
   * One neighbour's part.
   *
   * @param score how well it did what it was asked for, 0 to 1
   * @param dropReason why it was asked for nothing more; empty when it was not dropped
   */
  public record NeighbourTotals(
      String name,
      String id,
      String address,
      int requests,
      int failures,
      String lastFailure,
      long bytes,
      int events,
      int added,
      int duplicate,
      int rejected,
      double score,
      String dropReason) {}

  /** What one member of a cluster fetched, judged and merged. */
  public record MemberTotals(String name, int requests, int failures, int events, int added) {}

  /**
   * Contradictory claims about the key or the id of one nara.
   *
   * @param name the nara's name, or its id when the claims state no name
   * @param keys Base64: the key that this node keeps, then the claimed ones
   * @param claimedBy other names that claim its id
   */
  public record KeyConflict(String name, List<String> keys, List<String> claimedBy) {}

  /** All events of the recovery, by verdict label. */
  public record EventTotals(
      int received,
      int duplicate,
      int merged,
      int quarantined,
      int rejected,
      int pruned,
      Map<String, Integer> verdicts) {}

  /** The checkpoint stage. */
  public record CheckpointTotals(int peersAsked, int peersAnswered, int received, int added) {}

  /** What is held in the end, by service name. */
  public record LedgerTotals(int total, Map<String, Integer> byService) {}
}
