package nara.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nara.bus.Scheduler;
import nara.recovery.RecoveryNotification.RecoveryProgressed;
import nara.recovery.report.Report;
import nara.testing.RecordCopy;
import org.junit.jupiter.api.Test;

/** The report and the progress of a recovery as text. */
class ReportOutputTest {
  private static final Report REPORT =
      new Report(
          "partial",
          List.of("bart stalled"),
          "2026-11-22T20:00:00Z",
          4_210,
          1,
          1,
          List.of(new Report.StageReport("sample", "partial", "9 of 10 calls", 100, 4_000)),
          List.of(
              new Report.NeighbourTotals(
                  "bart\u001b[31m",
                  "id",
                  "127.0.0.1:9001",
                  3,
                  1,
                  "no byte for 10s",
                  123_456,
                  1_000,
                  900,
                  90,
                  10,
                  0.4,
                  "its pages do not end")),
          new Report.EventTotals(1_000, 90, 900, 5, 10, 0, Map.of("valid", 900, "bad_id", 10)),
          new Report.CheckpointTotals(2, 1, 7, 6),
          3,
          new Report.LedgerTotals(906, Map.of("social", 906)),
          List.of(
              new Report.KeyConflict(
                  "bart\u001b[31m",
                  List.of("k1", "k2"),
                  List.of(),
                  "undecided",
                  Map.of(),
                  7,
                  false)),
          List.of());

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Instant now = Instant.EPOCH;

  @Test
  void report_prints_outcome_reasons_and_neighbour_shares() {
    String text = ReportFormatter.format(REPORT);
    assertThat(text)
        .startsWith("partial after 4.2 s: 900 events recovered, 906 in the ledger\n")
        .contains("  - bart stalled\n", "9 of 10 calls", "127.0.0.1:9001")
        .contains("the last failure of bart\\u001b[31m: no byte for 10s\n")
        .contains("bart\\u001b[31m")
        .contains("verdicts     10 bad_id, 900 valid\n")
        .endsWith(
            """

            conflicts    1 undecided: put the right key of each name into the configuration
              bart\\u001b[31m: 7 events wait
                "trust": {"keys": {"bart\\u001B[31m": "k1"}}   without support
                "trust": {"keys": {"bart\\u001B[31m": "k2"}}   without support
            """)
        .doesNotContain("\u001b");
  }

  @Test
  void columns_are_aligned_and_long_cells_are_cut() {
    String text =
        new TextTable("name", "count").addRow("a", 5).addRow("b".repeat(200), 12_345).render("> ");
    assertThat(text.lines().map(String::length).distinct()).hasSize(1);
    assertThat(text.lines().toList().get(1)).startsWith("> a ").endsWith("     5");
    assertThat(text).contains("…").contains("12,345");
  }

  @Test
  void progress_prints_each_stage_once_without_terminal() {
    ProgressPrinter printer = new ProgressPrinter(terminal(false));
    printer.print(progress("discovery", 0));
    printer.print(progress("sample", 1));
    printer.print(progress("sample", 2));
    now = now.plusSeconds(2);
    printer.print(progress("sample", 3));
    printer.eraseOpenLine();
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .hasSize(2)
        .allMatch(line -> line.contains("1,000 events received"))
        .last()
        .asString()
        .contains("sample", "1 of 10 requests");
  }

  @Test
  void progress_overwrites_and_erases_one_line_on_terminal() {
    ProgressPrinter printer = new ProgressPrinter(terminal(true));
    printer.print(progress("sample", 1));
    now = now.plusMillis(100);
    printer.print(progress("sample", 2));
    printer.eraseOpenLine();
    printer.eraseOpenLine();
    assertThat(err.toString(StandardCharsets.UTF_8))
        .doesNotContain("\n")
        .endsWith("\r\033[K")
        .contains("2 of 10 requests");
  }

  @Test
  void log_lines_erase_the_progress_line() {
    Terminal terminal = terminal(true);
    ProgressPrinter printer = new ProgressPrinter(terminal);
    printer.print(progress("sample", 1));
    err.reset();
    // The log writes to the same stream.
    terminal.err().write("12:00 WARN Bus: trouble\n".getBytes(StandardCharsets.UTF_8), 0, 24);
    terminal.message("more");

    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("\r\033[K12:00 WARN Bus: trouble\nmore\n");
  }

  @Test
  void tables_fit_80_columns() {
    String reason = "answered 12 requests, and then the connection was closed by the other side";
    TextTable table = new TextTable("stage", "outcome", "began", "took", "why");
    table.addRow("checkpoints", "partial", "0.0 s", "2.1 s", reason);
    TextTable neighbours = new TextTable("neighbour,address,asked,failed,events,new".split(","));
    neighbours.addRow(
        "a-neighbour-with-a-long-name", "[fd7a:115c:a1e0::1234]:7433", 19, 0, 329_454, 17_115);

    assertThat(table.render("  ").lines()).allMatch(line -> line.length() <= 80);
    assertThat(neighbours.render("  ").lines())
        .allMatch(line -> line.length() <= 80)
        .anyMatch(line -> line.contains("329,454"));
  }

  @Test
  void lines_of_the_report_fit_80_columns() {
    String key = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqow=";
    Report report =
        reportWith(
            List.of(
                conflict(
                    "moe",
                    Report.KeyConflict.UNDECIDED,
                    Map.of("k1", List.of("configured peer 127.0.0.10:4711".repeat(3)))),
                new Report.KeyConflict(
                    "lisa",
                    List.of(key),
                    List.of(),
                    Report.KeyConflict.UNDECIDED,
                    Map.of(key, List.of("the configured peers 10.0.0.1:7433, 10.0.0.2:7433")),
                    7,
                    false)),
            new Report.EventTotals(
                329_454, 90_123, 200_321, 5_000, 10_987, 123_456, Map.of("valid", 329_454)),
            List.of("bart stalled, and no other neighbour of the three could give the ".repeat(3)));

    assertThat(ReportFormatter.format(report).lines())
        .filteredOn(line -> !line.contains("4711127"))
        .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(80));
    assertThat(ReportFormatter.format(report))
        .contains(
            "events       329,454 received: 200,321 merged, 90,123 duplicate, 5,000 waiting\n"
                + "             for keys, 10,987 rejected, 123,456 pruned\n",
            key + "\"}}\n      the configured peers 10.0.0.1:7433, 10.0.0.2:7433\n");
  }

  @Test
  void report_says_that_recovered_events_did_not_stay_in_a_full_ledger() {
    Report report =
        reportWith(
            List.of(), new Report.EventTotals(71_647, 0, 71_647, 0, 0, 0, Map.of()), List.of());

    assertThat(ReportFormatter.format(report))
        .contains(
            "71,647 events recovered, 906 in the ledger; 70,741 or more\n"
                + "             did not stay\n",
            "             70,747 of them waited for a key first\n",
            "             70,741 or more of them left the ledger again: by one of its limits,\n"
                + "               or because another key holds\n");
  }

  @Test
  void events_held_before_the_recovery_do_not_hide_those_that_did_not_stay() {
    Report report =
        RecordCopy.with(REPORT, "ledgerTotals", new Report.LedgerTotals(906, Map.of(), 20));

    assertThat(ReportFormatter.summary(report)).endsWith("; 14 or more did not stay");
  }

  @Test
  void more_valid_verdicts_than_merged_events_are_explained() {
    Report report =
        reportWith(
            List.of(),
            new Report.EventTotals(3_200, 198, 3_002, 0, 0, 0, Map.of("valid", 3_077)),
            List.of());

    assertThat(ReportFormatter.format(report))
        .contains(
            "verdicts     3,077 valid\n"
                + "             each copy that was verified counts: 75 were held already, or"
                + " were\n")
        .contains("merged 3,002 of the 3,002 distinct");
  }

  @Test
  void neighbour_without_request_is_counted_alone_and_beside_others() {
    Report.NeighbourTotals silent =
        new Report.NeighbourTotals("moe", "id", "a:1", 0, 0, "", 0, 0, 0, 0, 0, 0.5, "");

    assertThat(ReportFormatter.format(reportOf(List.of(silent))))
        .contains("  1 known neighbour received no request for events\n");
    assertThat(
            ReportFormatter.format(
                reportOf(List.of(REPORT.neighbours().getFirst(), silent, silent))))
        .contains("  2 more known neighbours received no request for events\n");
  }

  private static Report reportOf(List<Report.NeighbourTotals> neighbours) {
    return new Report(
        REPORT.outcome(),
        REPORT.reasons(),
        REPORT.startedAt(),
        REPORT.durationMs(),
        REPORT.recovery(),
        REPORT.passes(),
        REPORT.stageReports(),
        neighbours,
        REPORT.eventTotals(),
        REPORT.checkpointTotals(),
        REPORT.pingTimesSeeded(),
        REPORT.ledgerTotals(),
        List.of(),
        REPORT.members());
  }

  @Test
  void report_has_no_line_on_conflicts_when_there_are_none() {
    assertThat(ReportFormatter.format(Report.empty("complete"))).doesNotContain("conflicts");
  }

  @Test
  void candidates_of_undecided_names_have_lines_to_copy_and_decided_names_stand_apart() {
    List<Report.KeyConflict> conflicts = new ArrayList<>();
    conflicts.add(conflict("lisa", "k1", Map.of("k1", List.of("the operator"))));
    conflicts.add(
        conflict("moe", "k2", Map.of("k2", List.of("3 configured peers: a:1, b:1, c:1"))));
    for (int i = 0; i < 12; i++) {
      conflicts.add(
          conflict(
              "honest" + i,
              Report.KeyConflict.UNDECIDED,
              Map.of("k1", List.of("configured peer 127.0.0.10:4711"), "k2", List.of())));
    }

    assertThat(ReportFormatter.format(reportWith(conflicts)))
        .contains(
            "conflicts    2 decided: lisa by the operator; moe by 3 configured peers: a:1,\n"
                + "             b:1, c:1\n",
            "conflicts    12 undecided:",
            """
              honest9: 7 events wait
                "trust": {"keys": {"honest9": "k1"}}   configured peer 127.0.0.10:4711
                "trust": {"keys": {"honest9": "k2"}}   without support
              2 more names: --report FILE writes all of them
            """)
        .doesNotContain("honest10");
  }

  @Test
  void report_shows_keys_to_copy_for_disputed_names_with_waiting_events() {
    List<String> keys = List.of("k1", "k2");
    Map<String, List<String>> support = Map.of("k1", List.of("configured peer a:1"));
    assertThat(
            ReportFormatter.format(
                reportWith(
                    List.of(
                        new Report.KeyConflict("lisa", keys, List.of(), "k1", support, 5, true),
                        new Report.KeyConflict("moe", keys, List.of(), "k1", support, 0, true)))))
        .contains(
            "conflicts    1 decided: moe by configured peer a:1\n",
            "conflicts    1 undecided or disputed: put the right key of each name",
            "  lisa: 5 events wait\n    \"trust\": {\"keys\": {\"lisa\": \"k1\"}}");
  }

  private static Report.KeyConflict conflict(
      String name, String decision, Map<String, List<String>> support) {
    return new Report.KeyConflict(
        name, List.of("k1", "k2"), List.of(), decision, support, 7, false);
  }

  private static Report reportWith(List<Report.KeyConflict> conflicts) {
    return reportWith(conflicts, REPORT.eventTotals(), REPORT.reasons());
  }

  private static Report reportWith(
      List<Report.KeyConflict> conflicts, Report.EventTotals events, List<String> reasons) {
    return new Report(
        REPORT.outcome(),
        reasons,
        REPORT.startedAt(),
        REPORT.durationMs(),
        REPORT.recovery(),
        REPORT.passes(),
        REPORT.stageReports(),
        REPORT.neighbours(),
        events,
        REPORT.checkpointTotals(),
        REPORT.pingTimesSeeded(),
        REPORT.ledgerTotals(),
        conflicts,
        REPORT.members());
  }

  private static RecoveryProgressed progress(String stage, int done) {
    return new RecoveryProgressed(stage, done, 10, REPORT);
  }

  private Terminal terminal(boolean interactive) {
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new Terminal(new CheckedPrintStream(err), stream, Scheduler.of(() -> now), interactive);
  }
}
