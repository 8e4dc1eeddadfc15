package nara.cli.output;

import java.time.Duration;
import java.time.Instant;
import nara.recovery.RecoveryNotification.RecoveryProgressed;
import nara.recovery.report.Report;

/**
 * Prints the progress of a recovery to stderr. On a terminal it overwrites one line. In a log it
 * prints one line for each stage.
 *
 * <p>Not thread-safe.
 */
public final class ProgressPrinter {
  /** Shorter than a reader notices. */
  private static final Duration TERMINAL_INTERVAL = Duration.ofMillis(100);

  private final Terminal terminal;
  private String stage = "";
  private Instant lastPrint = Instant.EPOCH;

  public ProgressPrinter(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Prints the progress of a new stage, and on a terminal at intervals within a stage. */
  public void print(RecoveryProgressed progressed) {
    Instant now = terminal.clock().instant();
    // A last print in the future was before the clock was set back.
    boolean recent = now.isBefore(lastPrint.plus(TERMINAL_INTERVAL)) && !now.isBefore(lastPrint);
    if (progressed.stage().equals(stage) && (recent || !terminal.interactive())) {
      return;
    }
    stage = progressed.stage();
    lastPrint = now;
    if (terminal.interactive()) {
      terminal.status(line(progressed));
    } else {
      terminal.err().println(line(progressed));
    }
  }

  /** Erases the line that was overwritten, before other output. */
  public void eraseOpenLine() {
    terminal.eraseStatus();
  }

  private static String line(RecoveryProgressed progressed) {
    Report report = progressed.report();
    String requests =
        progressed.callsPlanned() > 0
            ? "%d of %d requests, "
                .formatted(progressed.callsCompleted(), progressed.callsPlanned())
            : "";
    return "%6s  %-12s %s%s received, %,d new, %s"
        .formatted(
            ReportFormatter.seconds(report.durationMs()),
            progressed.stage(),
            requests,
            Counted.of(report.eventTotals().received(), "event"),
            report.eventTotals().merged(),
            Counted.of(report.neighbours().size(), "neighbour"));
  }
}
