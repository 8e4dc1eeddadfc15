package nara.recovery.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/**
 * The report of a recovery. Its JSON keys are a contract: they may be added, never renamed.
 *
 * @param outcome {@code complete}, {@code partial} or {@code isolated}; {@code running} before
 * @param reasons sentences on why it is not complete
 * @param startedAt ISO 8601, UTC
 * @param recovery its number since the node's start; a recovery that found nobody, or got nothing
 *     from a configured peer, is followed by another
 * @param passes how often neighbours were asked: those that came late in a further pass
 * @param stageReports in the order they were entered
 * @param pingTimesSeeded targets whose average ping time was seeded
 * @param conflicts contradictory key claims, oldest first
 * @param members of a cluster; empty when the node runs alone
 */
public record Report(
    String outcome,
    List<String> reasons,
    @JsonProperty("started_at") String startedAt,
    @JsonProperty("duration_ms") long durationMs,
    int recovery,
    int passes,
    @JsonProperty("stages") List<StageReport> stageReports,
    List<NeighbourTotals> neighbours,
    @JsonProperty("events") EventTotals eventTotals,
    @JsonProperty("checkpoints") CheckpointTotals checkpointTotals,
    @JsonProperty("ping_times_seeded") int pingTimesSeeded,
    @JsonProperty("ledger") LedgerTotals ledgerTotals,
    List<KeyConflict> conflicts,
    @JsonInclude(Include.NON_EMPTY) List<MemberTotals> members) {

  /** A report without any content. */
  public static Report empty(String outcome) {
    return new Report(
        outcome,
        List.of(),
        "",
        0,
        1,
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

  /** Whether no peer responded. */
  @JsonIgnore
  public boolean isIsolated() {
    return outcome.equals("isolated");
  }

  /**
   * A rung or another stage.
   *
   * @param startedMs from the start of the recovery; negative for a stage before it
   */
  public record StageReport(
      String name,
      String outcome,
      @JsonInclude(Include.NON_EMPTY) String reason,
      @JsonProperty("started_ms") long startedMs,
      @JsonProperty("duration_ms") long durationMs) {}

  /**
   * The contribution of one neighbour.
   *
   * @param score 0 to 1
   * @param dropReason why it became a last resort; empty when it was not dropped
   * @param askedLaterReason why others were asked before it; empty when none were
   */
  public record NeighbourTotals(
      String name,
      String id,
      String address,
      int requests,
      int failures,
      @JsonProperty("last_failure") @JsonInclude(Include.NON_EMPTY) String lastFailure,
      long bytes,
      int events,
      @JsonProperty("new") int added,
      int duplicate,
      int rejected,
      double score,
      @JsonProperty("dropped_because") @JsonInclude(Include.NON_EMPTY) String dropReason,
      @JsonProperty("asked_later_because") @JsonInclude(Include.NON_EMPTY)
          String askedLaterReason) {
    /** A neighbour that was asked like any other. */
    public NeighbourTotals(
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
        String dropReason) {
      this(
          name,
          id,
          address,
          requests,
          failures,
          lastFailure,
          bytes,
          events,
          added,
          duplicate,
          rejected,
          score,
          dropReason,
          "");
    }
  }

  /** The events that one member of a cluster fetched and merged. */
  public record MemberTotals(
      String name, int requests, int failures, int events, @JsonProperty("new") int added) {}

  /**
   * Contradictory claims about the key or the id of one nara.
   *
   * @param name the nara's name, or its id when the claims state no name
   * @param keys Base64: the key that holds, if any, then the others by evidence
   * @param claimedBy other names that claim its id
   * @param decision the key that holds, or {@code undecided}
   * @param support for each key who supports it, in words, strongest first
   * @param waiting events that wait in the quarantine
   * @param disputed whether the key holds by the support of peers alone, and another key has as
   *     many supporters; false is left out of the JSON
   */
  public record KeyConflict(
      String name,
      List<String> keys,
      @JsonProperty("claimed_by") @JsonInclude(Include.NON_EMPTY) List<String> claimedBy,
      String decision,
      Map<String, List<String>> support,
      int waiting,
      @JsonInclude(Include.NON_DEFAULT) boolean disputed) {
    public static final String UNDECIDED = "undecided";
  }

  /**
   * All events of the recovery. Each received event is in one of the other numbers.
   *
   * @param quarantined events that still wait for a key
   * @param pruned events that a full ledger dropped
   * @param verdicts events by verdict label
   */
  public record EventTotals(
      int received,
      int duplicate,
      int merged,
      int quarantined,
      int rejected,
      int pruned,
      Map<String, Integer> verdicts) {}

  public record CheckpointTotals(
      @JsonProperty("peers_asked") int peersAsked,
      @JsonProperty("peers_answered") int peersAnswered,
      int received,
      int added) {}

  /**
   * The ledger after the recovery.
   *
   * @param byService by wire name of the service
   * @param before its events before the recovery; 0 is left out of the JSON
   */
  public record LedgerTotals(
      int total,
      @JsonProperty("by_service") Map<String, Integer> byService,
      @JsonInclude(Include.NON_DEFAULT) int before) {
    /** A ledger that was empty before the recovery. */
    public LedgerTotals(int total, Map<String, Integer> byService) {
      this(total, byService, 0);
    }
  }
}
