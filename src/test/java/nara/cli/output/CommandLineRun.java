package nara.cli.output;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import nara.bus.Scheduler;
import nara.cli.Main;

/**
 * The exit code and the output of a command that ran in this process.
 *
 * @param code its exit code
 */
public record CommandLineRun(int code, String out, String err) {
  /** Later than every recorded event, except one that is less than 10 minutes in the future. */
  public static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-22T20:00:00Z"));

  public static CommandLineRun of(Object... args) {
    return of(new ByteArrayOutputStream(), args);
  }

  /** Runs a command whose results go to the given stream. */
  public static CommandLineRun of(OutputStream out, Object... args) {
    return run(Scheduler.of(CLOCK), out, false, args);
  }

  /** Runs a command with this machine's clock, which a peer on a socket also has. */
  public static CommandLineRun now(Object... args) {
    return run(Scheduler.system(), new ByteArrayOutputStream(), false, args);
  }

  /** The same, for a person at a terminal. */
  public static CommandLineRun onTerminal(Object... args) {
    return run(Scheduler.system(), new ByteArrayOutputStream(), true, args);
  }

  /** The same; the results go to the given stream. */
  public static CommandLineRun now(OutputStream out, Object... args) {
    return run(Scheduler.system(), out, false, args);
  }

  private static CommandLineRun run(
      Scheduler clock, OutputStream out, boolean interactive, Object... args) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new CheckedPrintStream(out),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            clock,
            interactive);
    String[] texts = new String[args.length];
    for (int i = 0; i < args.length; i++) {
      texts[i] = args[i].toString();
    }
    int code = Main.run(texts, terminal);
    terminal.out().flush();
    terminal.err().flush();
    return new CommandLineRun(code, text(out), err.toString(StandardCharsets.UTF_8));
  }

  private static String text(OutputStream out) {
    return out instanceof ByteArrayOutputStream bytes ? bytes.toString(StandardCharsets.UTF_8) : "";
  }

  public List<String> lines() {
    return out.lines().toList();
  }
}
