package nara.recovery.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The keys of the JSON report, which are a contract, and their order. */
class ReportJsonTest {
  @Test
  void report_with_all_values_has_all_keys() throws Exception {
    Report report =
        new Report(
            "partial",
            List.of("bart stalled"),
            "2026-11-22T20:00:00Z",
            42,
            1,
            1,
            List.of(
                new Report.StageReport("discovery", "complete", "", 0, 1),
                new Report.StageReport("pages", "partial", "why", 1, 2)),
            List.of(
                new Report.NeighbourTotals("bart", "id", "h:1", 1, 2, "f", 3, 4, 5, 6, 7, 0.5, "d"),
                new Report.NeighbourTotals("lisa", "", "", 0, 0, "", 0, 0, 0, 0, 0, 1, "")),
            new Report.EventTotals(1, 2, 3, 4, 5, 6, Map.of("valid", 7)),
            new Report.CheckpointTotals(1, 2, 3, 4),
            8,
            new Report.LedgerTotals(9, Map.of("social", 9)),
            List.of(
                new Report.KeyConflict(
                    "bart",
                    List.of("k1", "k2"),
                    List.of("moe"),
                    "undecided",
                    Map.of("k1", List.of("configured peer 10.0.0.1:7433")),
                    5,
                    false),
                new Report.KeyConflict(
                    "lisa", List.of("k3", "k4"), List.of(), "k3", Map.of(), 0, false)),
            List.of(new Report.MemberTotals("a", 1, 2, 3, 4)));

    assertThat(compact(report))
        .isEqualTo(
            """
            {"outcome":"partial","reasons":["bart stalled"],"started_at":"2026-11-22T20:00:00Z",
            "duration_ms":42,"recovery":1,"passes":1,"stages":[
            {"name":"discovery","outcome":"complete","started_ms":0,"duration_ms":1},
            {"name":"pages","outcome":"partial","reason":"why","started_ms":1,"duration_ms":2}],
            "neighbours":[
            {"name":"bart","id":"id","address":"h:1","requests":1,"failures":2,"last_failure":"f",
            "bytes":3,"events":4,"new":5,"duplicate":6,"rejected":7,"score":0.5,"dropped_because":"d"},
            {"name":"lisa","id":"","address":"","requests":0,"failures":0,
            "bytes":0,"events":0,"new":0,"duplicate":0,"rejected":0,"score":1.0}],
            "events":{"received":1,"duplicate":2,"merged":3,"quarantined":4,"rejected":5,"pruned":6,
            "verdicts":{"valid":7}},
            "checkpoints":{"peers_asked":1,"peers_answered":2,"received":3,"added":4},
            "ping_times_seeded":8,"ledger":{"total":9,"by_service":{"social":9}},
            "conflicts":[{"name":"bart","keys":["k1","k2"],"claimed_by":["moe"],"decision":"undecided",
            "support":{"k1":["configured peer 10.0.0.1:7433"]},"waiting":5},
            {"name":"lisa","keys":["k3","k4"],"decision":"k3","support":{},"waiting":0}],
            "members":[{"name":"a","requests":1,"failures":2,"events":3,"new":4}]}
            """
                .replace("\n", ""));
  }

  @Test
  void report_of_a_node_that_runs_alone_has_no_members() throws Exception {
    assertThat(compact(Report.empty("complete")))
        .contains("\"conflicts\":[]")
        .doesNotContain("members");
  }

  private static String compact(Report report) throws Exception {
    return new ObjectMapper().readTree(ReportJson.write(report)).toString();
  }
}
