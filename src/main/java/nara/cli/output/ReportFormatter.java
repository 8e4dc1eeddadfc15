package nara.cli.output;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import nara.recovery.report.Report;

/** The report of a recovery as text: the outcome, the stages and the events of each neighbour. */
public final class ReportFormatter {
  /** They stand in one line; the JSON report lists all. */
  private static final int MAX_CONFLICTS_SHOWN = 5;

  private ReportFormatter() {}

  public static String format(Report report) {
    StringBuilder text = new StringBuilder();
    Report.EventTotals events = report.eventTotals();
    append(text, "%s", summary(report));
    report.reasons().forEach(reason -> append(text, "  - %s", Terminal.printable(reason)));
    appendStages(text, report.stageReports());
    appendNeighbours(text, report.neighbours());
    append(
        text,
        "\n"
            + "events       %,d received: %,d merged, %,d duplicate, %,d waiting for keys, %,d"
            + " rejected, %,d pruned",
        events.received(),
        events.merged(),
        events.duplicate(),
        events.quarantined(),
        events.rejected(),
        events.pruned());
    int distinct = events.received() - events.duplicate();
    if (distinct > 0) {
      append(
          text,
          "             merged %,d of the %,d distinct events received",
          events.merged(),
          distinct);
    }
    appendCounts(text, "verdicts", events.verdicts());
    Report.CheckpointTotals checkpoints = report.checkpointTotals();
    append(
        text,
        "checkpoints  %,d of %,d peers answered, %,d received, %,d new",
        checkpoints.peersAnswered(),
        checkpoints.peersAsked(),
        checkpoints.received(),
        checkpoints.added());
    append(text, "ping times   seeded for %,d neighbours", report.pingTimesSeeded());
    appendCounts(text, "ledger", report.ledgerTotals().byService());
    appendConflicts(text, report.conflicts());
    return text.toString();
  }

  /** The outcome in one line. */
  public static String summary(Report report) {
    return "%s after %s: %,d events recovered, %,d in the ledger"
        .formatted(
            report.outcome(),
            seconds(report.durationMs()),
            report.eventTotals().merged(),
            report.ledgerTotals().total());
  }

  private static void append(StringBuilder text, String format, Object... args) {
    text.append(format.formatted(args)).append('\n');
  }

  private static void appendStages(StringBuilder text, List<Report.StageReport> stages) {
    TextTable table = new TextTable("stage", "outcome", "began", "took", "why");
    for (Report.StageReport s : stages) {
      table.addRow(
          s.name(), s.outcome(), seconds(s.startedMs()), seconds(s.durationMs()), s.reason());
    }
    appendTable(text, table);
  }

  private static void appendNeighbours(
      StringBuilder text, List<Report.NeighbourTotals> neighbours) {
    TextTable table =
        new TextTable(
            "neighbour,address,requests,failed,bytes,events,new,duplicate,rejected,last failure"
                .split(","));
    int unused = 0;
    for (Report.NeighbourTotals n : neighbours) {
      if (n.requests() == 0) {
        unused++;
      } else {
        table.addRow(
            n.name(),
            n.address(),
            n.requests(),
            n.failures(),
            n.bytes(),
            n.events(),
            n.added(),
            n.duplicate(),
            n.rejected(),
            n.lastFailure());
      }
    }
    appendTable(text, table);
    if (unused > 0) {
      append(text, "  %,d more received no request for events", unused);
    }
  }

  private static void appendTable(StringBuilder text, TextTable table) {
    if (!table.isEmpty()) {
      text.append('\n').append(table.render("  "));
    }
  }

  private static void appendCounts(StringBuilder text, String name, Map<String, Integer> counts) {
    String list =
        counts.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(count -> "%,d %s".formatted(count.getValue(), Terminal.printable(count.getKey())))
            .collect(Collectors.joining(", "));
    append(text, "%-11s  %s", name, list.isEmpty() ? "none" : list);
  }

  private static void appendConflicts(StringBuilder text, List<Report.KeyConflict> conflicts) {
    if (!conflicts.isEmpty()) {
      String names =
          conflicts.stream()
              .limit(MAX_CONFLICTS_SHOWN)
              .map(conflict -> Terminal.printable(conflict.name()))
              .collect(Collectors.joining(", "));
      append(
          text,
          "conflicts    contradictory keys or ids (%,d): %s%s",
          conflicts.size(),
          names,
          conflicts.size() > MAX_CONFLICTS_SHOWN ? ", …" : "");
    }
  }

  static String seconds(long millis) {
    return "%.1f s".formatted(millis / 1_000.0);
  }
}
