package nara.cli;

import java.time.Duration;
import java.time.Instant;
import nara.recovery.RecoveryNews.Progress;
import nara.recovery.Report;

/**
 * Tells a person how far a recovery is, on stderr: one line that is written over where somebody
 * watches, else a line for each stage and now and then one within.
 *
 * <p>For one thread at a time.
 */
final class ProgressPrinter {
  /** Faster than anybody reads. */
  private static final Duration EVERY_WATCHED = Duration.ofMillis(100);

  /** Slow enough for a log. */
  private static final Duration EVERY_LOGGED = Duration.ofSeconds(2);

  private static final String ERASE_LINE = "\r\033[K";

  private final Terminal terminal;
  private String stage = "";
  private Instant next = Instant.MIN;
  private boolean lineOpen;

  ProgressPrinter(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Shows it, unless the last one was shown just now. */
  void show(Progress progress) {
    Instant now = terminal.clock().instant();
    if (progress.stage().equals(stage) && now.isBefore(next)) {
      return;
    }
    stage = progress.stage();
    next = now.plus(terminal.interactive() ? EVERY_WATCHED : EVERY_LOGGED);
    if (terminal.interactive()) {
      terminal.err().print(ERASE_LINE + line(progress));
      terminal.err().flush();
      lineOpen = true;
    } else {
      terminal.err().println(line(progress));
    }
  }

  /** Leaves the terminal as it was, for what is printed next. */
  void end() {
    if (lineOpen) {
      terminal.err().print(ERASE_LINE);
      terminal.err().flush();
      lineOpen = false;
    }
  }

  private static String line(Progress progress) {
    Report so = progress.soFar();
    String requests =
        progress.requestsPlanned() > 0
            ? "%d of %d requests, ".formatted(progress.requestsDone(), progress.requestsPlanned())
            : "";
    return "%6s  %-12s %s%,d events received, %,d new, %d neighbours"
        .formatted(
            ReportPrinter.seconds(so.durationMs()),
            progress.stage(),
            requests,
            so.events().received(),
            so.events().merged(),
            so.neighbours().size());
  }
}
