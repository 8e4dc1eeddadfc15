package nara.cli.output;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import nara.bounds.SafeText;
import nara.bus.Scheduler;

/**
 * Where a command writes, and what time it is: handed in, so that a command can be run and read
 * within a test.
 *
 * @param out results, and nothing else
 * @param err everything said to a person: sentences, summaries, progress
 * @param interactive whether a person watches {@code err}, so that a line may be written over
 */
public record Terminal(
    CheckedPrintStream out, PrintStream err, Scheduler clock, boolean interactive) {
  private static final int BUFFER_BYTES = 1 << 16;

  /**
   * This process's own. Whether anybody watches is told by the starting script, as the JDK's answer
   * differs from release to release.
   */
  public static Terminal ofProcess() {
    return new Terminal(
        new CheckedPrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES)),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        Scheduler.system(),
        Boolean.getBoolean("nara.terminal"));
  }

  /** See {@link SafeText#escaped}. */
  public static String printable(String text) {
    return SafeText.escaped(text);
  }
}
