package nara.cli.output;

import java.time.Duration;
import java.time.Instant;
import nara.recovery.RecoveryNotification.RecoveryProgressed;
import nara.recovery.report.Report;

/**
 * Prints the progress of a recovery to stderr. On a terminal it overwrites one line. In a log it
 * prints a line for each stage, and one every two seconds within a stage.
 *
 * <p>Not thread-safe.
 */
public final class ProgressPrinter {
  /** Shorter than a reader notices. */
  private static final Duration TERMINAL_INTERVAL = Duration.ofMillis(100);

  /** Long enough to keep a log short. */
  private static final Duration LOG_INTERVAL = Duration.ofSeconds(2);

  private static final String ERASE_LINE = "\r\033[K";

  private final Terminal terminal;
  private String stage = "";
  private Instant lastPrint = Instant.EPOCH;
  private boolean lineOpen;

  public ProgressPrinter(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Prints the progress, unless the interval since the last print is not over. */
  public void print(RecoveryProgressed progressed) {
    Instant now = terminal.clock().instant();
    Duration interval = terminal.interactive() ? TERMINAL_INTERVAL : LOG_INTERVAL;
    // A last print in the future was before the clock was set back.
    boolean recent = now.isBefore(lastPrint.plus(interval)) && !now.isBefore(lastPrint);
    if (progressed.stage().equals(stage) && recent) {
      return;
    }
    stage = progressed.stage();
    lastPrint = now;
    if (terminal.interactive()) {
      terminal.err().print(ERASE_LINE + line(progressed));
      terminal.err().flush();
      lineOpen = true;
    } else {
      terminal.err().println(line(progressed));
    }
  }

  /** Erases the line that was overwritten, before other output. */
  public void eraseOpenLine() {
    if (lineOpen) {
      terminal.err().print(ERASE_LINE);
      terminal.err().flush();
      lineOpen = false;
    }
  }

  private static String line(RecoveryProgressed progressed) {
    Report report = progressed.report();
    String requests =
        progressed.callsPlanned() > 0
            ? "%d of %d requests, "
                .formatted(progressed.callsCompleted(), progressed.callsPlanned())
            : "";
    return "%6s  %-12s %s%,d events received, %,d new, %d neighbours"
        .formatted(
            ReportFormatter.seconds(report.durationMs()),
            progressed.stage(),
            requests,
            report.eventTotals().received(),
            report.eventTotals().merged(),
            report.neighbours().size());
  }
}
