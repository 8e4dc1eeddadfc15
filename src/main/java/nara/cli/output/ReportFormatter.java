package nara.cli.output;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import nara.recovery.report.Report;

/** The report of a recovery as text: the outcome, the stages and the events of each neighbour. */
public final class ReportFormatter {
  /** They stand in one line; the JSON report lists all. */
  private static final int MAX_DECIDED_SHOWN = 5;

  /** Each has a line for each of its keys, at most eight. */
  private static final int MAX_UNDECIDED_SHOWN = 10;

  /** The verdict of events with a valid signature. */
  private static final String VALID = "valid";

  /** Of the labels of the totals. */
  private static final String INDENT = " ".repeat(13);

  private final StringBuilder text = new StringBuilder();

  private ReportFormatter() {}

  public static String format(Report report) {
    ReportFormatter formatter = new ReportFormatter();
    formatter.appendReport(report);
    return formatter.text.toString();
  }

  private void appendReport(Report report) {
    Report.EventTotals events = report.eventTotals();
    append("%s", summary(report));
    report.reasons().forEach(reason -> append("  - %s", Terminal.printable(reason)));
    appendStages(report.stageReports());
    appendNeighbours(report.neighbours());
    append(
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
      append(INDENT + "merged %,d of the %,d distinct events received", events.merged(), distinct);
    }
    int later =
        events.merged()
            - report.neighbours().stream().mapToInt(Report.NeighbourTotals::added).sum();
    if (later > 0) {
      append(INDENT + "%,d of them waited for a key first", later);
    }
    if (displaced(report) > 0) {
      append(
          INDENT
              + "%,d or more of them left the ledger again: by one of its limits, or because"
              + " another key holds",
          displaced(report));
    }
    appendCounts("verdicts", events.verdicts());
    int copies = events.verdicts().getOrDefault(VALID, 0) - events.merged();
    if (copies > 0) {
      append(
          INDENT + "each copy that was verified counts: %,d were held already, or were not kept",
          copies);
    }
    Report.CheckpointTotals checkpoints = report.checkpointTotals();
    append(
        "checkpoints  %,d of %,d peers answered, %,d received, %,d new",
        checkpoints.peersAnswered(),
        checkpoints.peersAsked(),
        checkpoints.received(),
        checkpoints.added());
    append("ping times   seeded for %,d neighbours", report.pingTimesSeeded());
    appendCounts("ledger", report.ledgerTotals().byService());
    appendConflicts(report.conflicts());
  }

  /** The outcome in one line. */
  public static String summary(Report report) {
    String displaced =
        displaced(report) > 0 ? "; %,d or more did not stay".formatted(displaced(report)) : "";
    return "%s after %s: %s recovered, %,d in the ledger%s"
        .formatted(
            report.outcome(),
            seconds(report.durationMs()),
            Counted.of(report.eventTotals().merged(), "event"),
            report.ledgerTotals().total(),
            displaced);
  }

  /** The least number of events that left the ledger again: it grew by less than was merged. */
  private static int displaced(Report report) {
    int growth = report.ledgerTotals().total() - report.ledgerTotals().before();
    return Math.max(0, report.eventTotals().merged() - growth);
  }

  /** Appends a line, folded at blanks. */
  private void append(String format, Object... args) {
    String line = format.formatted(args);
    if (line.startsWith("\n")) {
      text.append('\n');
      line = line.substring(1);
    }
    String indent =
        line.startsWith(" ")
            ? " ".repeat(line.length() - line.stripLeading().length() + 2)
            : INDENT;
    FoldedLine.of(line, indent).forEach(each -> text.append(each).append('\n'));
  }

  private void appendStages(List<Report.StageReport> stages) {
    TextTable table = new TextTable("stage", "outcome", "began", "took", "why");
    for (Report.StageReport s : stages) {
      table.addRow(
          s.name(), s.outcome(), seconds(s.startedMs()), seconds(s.durationMs()), s.reason());
    }
    appendTable(table);
  }

  private void appendNeighbours(List<Report.NeighbourTotals> neighbours) {
    TextTable table =
        new TextTable("neighbour,address,asked,failed,events,new,rejected".split(","));
    int unused = 0;
    for (Report.NeighbourTotals n : neighbours) {
      if (n.requests() == 0) {
        unused++;
      } else {
        table.addRow(
            n.name(), n.address(), n.requests(), n.failures(), n.events(), n.added(), n.rejected());
      }
    }
    appendTable(table);
    neighbours.forEach(this::appendConduct);
    if (unused > 0) {
      append(
          "  %s received no request for events",
          Counted.of(unused, table.isEmpty() ? "known neighbour" : "more known neighbour"));
    }
  }

  /** Why requests failed, and why a neighbour was asked later, or only as a last resort. */
  private void appendConduct(Report.NeighbourTotals n) {
    String name = Terminal.printable(n.name());
    if (!n.lastFailure().isEmpty()) {
      append("  the last failure of %s: %s", name, Terminal.printable(n.lastFailure()));
    }
    if (!n.dropReason().isEmpty()) {
      append("  %s was only a last resort: %s", name, Terminal.printable(n.dropReason()));
    } else if (!n.askedLaterReason().isEmpty()) {
      append("  %s was asked later: %s", name, Terminal.printable(n.askedLaterReason()));
    }
  }

  private void appendTable(TextTable table) {
    if (!table.isEmpty()) {
      text.append('\n').append(table.render("  "));
    }
  }

  private void appendCounts(String name, Map<String, Integer> counts) {
    String list =
        counts.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(count -> "%,d %s".formatted(count.getValue(), Terminal.printable(count.getKey())))
            .collect(Collectors.joining(", "));
    append("%-11s  %s", name, list.isEmpty() ? "none" : list);
  }

  private void appendConflicts(List<Report.KeyConflict> conflicts) {
    List<Report.KeyConflict> decided = conflicts.stream().filter(each -> !isOpen(each)).toList();
    if (!decided.isEmpty()) {
      String names =
          decided.stream()
              .limit(MAX_DECIDED_SHOWN)
              .map(ReportFormatter::decidedText)
              .collect(Collectors.joining("; "));
      append(
          "conflicts    %,d decided: %s%s",
          decided.size(), names, decided.size() > MAX_DECIDED_SHOWN ? "; …" : "");
    }
    List<Report.KeyConflict> open = conflicts.stream().filter(ReportFormatter::isOpen).toList();
    if (!open.isEmpty()) {
      append(
          "conflicts    %,d undecided%s: put the right key of each name into the configuration",
          open.size(), open.stream().allMatch(ReportFormatter::isUndecided) ? "" : " or disputed");
      open.stream().limit(MAX_UNDECIDED_SHOWN).forEach(this::appendCandidates);
      if (open.size() > MAX_UNDECIDED_SHOWN) {
        append(
            "  %,d more names: --report FILE writes all of them",
            open.size() - MAX_UNDECIDED_SHOWN);
      }
    }
  }

  /** Whether the operator should give the key: the name is undecided, or disputed with events. */
  private static boolean isOpen(Report.KeyConflict conflict) {
    return isUndecided(conflict) || (conflict.disputed() && conflict.waiting() > 0);
  }

  private static boolean isUndecided(Report.KeyConflict conflict) {
    return conflict.decision().equals(Report.KeyConflict.UNDECIDED);
  }

  private static String decidedText(Report.KeyConflict conflict) {
    List<String> support = conflict.support().getOrDefault(conflict.decision(), List.of());
    String name = Terminal.printable(conflict.name());
    if (!support.isEmpty()) {
      return name + " by " + Terminal.printable(support.getFirst());
    }
    return conflict.claimedBy().isEmpty()
        ? name
        : "%s (%s claims its id)"
            .formatted(name, Terminal.printable(conflict.claimedBy().getFirst()));
  }

  /** Each line begins with text that can be copied into a configuration. */
  private void appendCandidates(Report.KeyConflict conflict) {
    append("  %s: %,d events wait", Terminal.printable(conflict.name()), conflict.waiting());
    for (String key : conflict.keys()) {
      String support = String.join(", ", conflict.support().getOrDefault(key, List.of()));
      String line =
          "    \"trust\": {\"keys\": {%s: %s}}"
              .formatted(JsonOutput.compact(conflict.name()), JsonOutput.compact(key));
      String shown = support.isEmpty() ? "without support" : Terminal.printable(support);
      if (line.length() + 3 + shown.length() <= FoldedLine.WIDTH) {
        append("%s   %s", line, shown);
      } else {
        text.append(line).append('\n');
        append("      %s", shown);
      }
    }
  }

  static String seconds(long millis) {
    return "%.1f s".formatted(millis / 1_000.0);
  }
}
