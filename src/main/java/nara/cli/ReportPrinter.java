package nara.cli;

import java.util.Map;
import java.util.stream.Collectors;
import nara.recovery.Report;

/**
 * The report of a recovery for a person: how it ended, by which stages, and what came from whom.
 */
final class ReportPrinter {
  private ReportPrinter() {}

  /** The report as lines. */
  static String text(Report r) {
    StringBuilder text = new StringBuilder();
    text.append(
        "%s after %s: %,d events recovered, %,d in the ledger%n"
            .formatted(
                r.outcome(), seconds(r.durationMs()), r.events().merged(), r.ledger().total()));
    r.reasons()
        .forEach(reason -> text.append("  - ").append(Terminal.printable(reason)).append('\n'));
    Table stages = new Table("stage", "outcome", "began", "took", "why");
    r.stages()
        .forEach(
            s ->
                stages.row(
                    s.name(),
                    s.outcome(),
                    seconds(s.startedMs()),
                    seconds(s.durationMs()),
                    s.reason()));
    Table neighbours =
        new Table(
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
                neighbours.row(
                    n.name(),
                    n.address(),
                    n.requests(),
                    n.failures(),
                    n.bytes(),
                    n.events(),
                    n.fresh(),
                    n.duplicate(),
                    n.rejected(),
                    n.lastFailure()));
    section(text, stages);
    section(text, neighbours);
    long others = r.neighbours().stream().filter(n -> n.requests() == 0).count();
    if (others > 0) {
      text.append(
          others == 1
              ? "  and 1 more that was asked for no events%n".formatted()
              : "  and %,d more that were asked for no events%n".formatted(others));
    }
    Report.Events e = r.events();
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
    counts(text, "verdicts", e.verdicts());
    Report.Checkpoints c = r.checkpoints();
    text.append(
        "checkpoints  %,d of %,d peers answered, %,d received, %,d new%n"
            .formatted(c.peersAnswered(), c.peersAsked(), c.received(), c.added()));
    text.append("ping times   of %,d neighbours seeded%n".formatted(r.pingTimesSeeded()));
    counts(text, "ledger", r.ledger().byService());
    return text.toString();
  }

  private static void section(StringBuilder text, Table table) {
    if (!table.empty()) {
      text.append('\n').append(table.text("  "));
    }
  }

  private static void counts(StringBuilder text, String name, Map<String, Integer> counts) {
    String list =
        counts.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(count -> "%,d %s".formatted(count.getValue(), Terminal.printable(count.getKey())))
            .collect(Collectors.joining(", "));
    text.append("%-11s  %s%n".formatted(name, list.isEmpty() ? "none" : list));
  }

  static String seconds(long millis) {
    return "%.1f s".formatted(millis / 1_000.0);
  }
}
