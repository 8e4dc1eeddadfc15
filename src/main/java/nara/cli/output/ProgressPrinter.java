package nara.cli.output;

import java.time.Duration;
import java.time.Instant;
import nara.recovery.RecoveryNotification.RecoveryProgressed;
import nara.recovery.report.Report;

/**
 * Tells a person how far a recovery is, on stderr: one line that is written over where somebody
 * watches, else a line for each stage and now and then one within.
 *
 * <p>For one thread at a time.
 */
public final class ProgressPrinter {
  /** Faster than anybody reads. */
  private static final Duration TERMINAL_INTERVAL = Duration.ofMillis(100);

  /** Slow enough for a log. */
  private static final Duration LOG_INTERVAL = Duration.ofSeconds(2);

  private static final String ERASE_LINE = "\r\033[K";

  private final Terminal terminal;
  private String stage = "";
  private Instant nextPrint = Instant.MIN;
  private boolean lineOpen;

  public ProgressPrinter(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Shows it, unless the last one was shown just now. */
  public void print(RecoveryProgressed progressed) {
    Instant now = terminal.clock().instant();
    if (progressed.stage().equals(stage) && now.isBefore(nextPrint)) {
      return;
    }
    stage = progressed.stage();
    nextPrint = now.plus(terminal.interactive() ? TERMINAL_INTERVAL : LOG_INTERVAL);
    if (terminal.interactive()) {
      terminal.err().print(ERASE_LINE + line(progressed));
      terminal.err().flush();
      lineOpen = true;
    } else {
      terminal.err().println(line(progressed));
    }
  }

  /** Leaves the terminal as it was, for what is printed next. */
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
