package nara.cli.output;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import nara.bounds.SafeText;
import nara.bus.Scheduler;

/**
 * The streams and the clock of a command. A test passes its own.
 *
 * @param out results only
 * @param err messages, summaries and progress for a person
 * @param interactive whether a person watches {@code err}, so that a line may be overwritten
 */
public record Terminal(
    CheckedPrintStream out, PrintStream err, Scheduler clock, boolean interactive) {
  private static final int BUFFER_BYTES = 1 << 16;

  public Terminal {
    err = err instanceof StatusStream ? err : new StatusStream(err);
  }

  /**
   * The streams of this process. The start script tells whether {@code err} is a terminal, because
   * JDK releases answer this question differently.
   */
  public static Terminal ofProcess() {
    PrintStream err = new StatusStream(new FileOutputStream(FileDescriptor.err));
    // The log writes to the same stream, so its lines erase the status.
    System.setErr(err);
    return new Terminal(
        new CheckedPrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES)),
        err,
        Scheduler.system(),
        Boolean.getBoolean("nara.terminal"));
  }

  /** Prints a line for a person. */
  public void message(String format, Object... args) {
    err.println(format.formatted(args));
  }

  /** Shows a line that the next output erases. */
  public void status(String line) {
    ((StatusStream) err).status(line);
  }

  /** Erases the status, if it is shown. */
  public void eraseStatus() {
    ((StatusStream) err).erase();
  }

  /** See {@link SafeText#escaped}. */
  public static String printable(String text) {
    return SafeText.escaped(text);
  }
}
