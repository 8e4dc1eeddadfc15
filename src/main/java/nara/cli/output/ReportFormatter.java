package nara.cli.output;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import nara.recovery.report.Report;

/**
 * The report of a recovery for a person: how it ended, by which stages, and what came from whom.
 */
public final class ReportFormatter {
  /** Names of a line: the JSON report lists all of them. */
  private static final int MAX_CONFLICTS_SHOWN = 5;

  private ReportFormatter() {}

  /** The report as lines. */
  public static String format(Report r) {
    StringBuilder text = new StringBuilder();
    text.append(
        "%s after %s: %,d events recovered, %,d in the ledger%n"
            .formatted(
                r.outcome(),
                seconds(r.durationMs()),
                r.eventTotals().merged(),
                r.ledgerTotals().total()));
    r.reasons()
        .forEach(reason -> text.append("  - ").append(Terminal.printable(reason)).append('\n'));
    TextTable stages = new TextTable("stage", "outcome", "began", "took", "why");
    r.stageReports()
        .forEach(
            s ->
                stages.addRow(
                    s.name(),
                    s.outcome(),
                    seconds(s.startedMs()),
                    seconds(s.durationMs()),
                    s.reason()));
    TextTable neighbours =
        new TextTable(
            "neighbour",
            "address",
            "requests",
            "failed",
            "bytes",
            "events",
            "new",
            "duplicate",
            "rejected",
            "last failure");
    r.neighbours().stream()
        .filter(n -> n.requests() > 0)
        .forEach(
            n ->
                neighbours.addRow(
                    n.name(),
                    n.address(),
                    n.requests(),
                    n.failures(),
                    n.bytes(),
                    n.events(),
                    n.added(),
                    n.duplicate(),
                    n.rejected(),
                    n.lastFailure()));
    appendTable(text, stages);
    appendTable(text, neighbours);
    long others = r.neighbours().stream().filter(n -> n.requests() == 0).count();
    if (others > 0) {
      text.append(
          others == 1
              ? "  and 1 more that was asked for no events%n".formatted()
              : "  and %,d more that were asked for no events%n".formatted(others));
    }
    Report.EventTotals e = r.eventTotals();
    text.append(
        "\nevents       %,d received: %,d merged, %,d duplicate, %,d waiting for keys, %,d rejected, %,d pruned%n"
            .formatted(
                e.received(),
                e.merged(),
                e.duplicate(),
                e.quarantined(),
                e.rejected(),
                e.pruned()));
    int distinct = e.received() - e.duplicate();
    if (distinct > 0) {
      text.append(
          "             holds %,d of the %,d distinct events that it was offered%n"
              .formatted(e.merged(), distinct));
    }
    appendCounts(text, "verdicts", e.verdicts());
    Report.CheckpointTotals c = r.checkpointTotals();
    text.append(
        "checkpoints  %,d of %,d peers answered, %,d received, %,d new%n"
            .formatted(c.peersAnswered(), c.peersAsked(), c.received(), c.added()));
    text.append("ping times   of %,d neighbours seeded%n".formatted(r.pingTimesSeeded()));
    appendCounts(text, "ledger", r.ledgerTotals().byService());
    appendConflicts(text, r.conflicts());
    return text.toString();
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
    text.append("%-11s  %s%n".formatted(name, list.isEmpty() ? "none" : list));
  }

  private static void appendConflicts(StringBuilder text, List<Report.KeyConflict> conflicts) {
    if (!conflicts.isEmpty()) {
      String names =
          conflicts.stream()
              .limit(MAX_CONFLICTS_SHOWN)
              .map(conflict -> Terminal.printable(conflict.name()))
              .collect(Collectors.joining(", "));
      text.append(
          "conflicts    contradictory keys or ids (%,d): %s%s%n"
              .formatted(
                  conflicts.size(), names, conflicts.size() > MAX_CONFLICTS_SHOWN ? ", …" : ""));
    }
  }

  static String seconds(long millis) {
    return "%.1f s".formatted(millis / 1_000.0);
  }
}
