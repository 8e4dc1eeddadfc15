package nara.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import nara.cli.file.CommandFailure;
import nara.cli.output.Terminal;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * Entry point of the fat jar: finds the command, runs it, and turns however it ended into an exit
 * code and, where something went wrong, a sentence. No stack trace reaches the terminal unless it
 * is asked for.
 */
@Command(
    name = "nara",
    description = "A nara node whose main job is to remember.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Main.Version.class)
public final class Main implements Runnable {
  private static final String LOG_LEVEL_PROPERTY = "nara.log.level";
  private static final String STACK_TRACE_PROPERTY = "nara.log.traces";

  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Log more, and show where a defect happened.")
  private boolean verbose;

  private Main() {}

  /**
   * Runs one command in this process and ends it with the command's exit code.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    // Numbers look the same wherever it runs: scripts read them.
    Locale.setDefault(Locale.ROOT);
    Terminal terminal = Terminal.ofProcess();
    System.exit(run(args, terminal));
  }

  /** Runs one command and gives its exit code. */
  public static int run(String[] args, Terminal terminal) {
    Main main = new Main();
    CommandLine line =
        new CommandLine(main)
            .addSubcommand(new DemoCommand(terminal))
            .addSubcommand(new RunCommand(terminal))
            .addSubcommand(new RecoverCommand(terminal))
            .addSubcommand(new IdentityCommand(terminal))
            .addSubcommand(new VerifyCommand(terminal))
            .addSubcommand(ledgerCommand(terminal))
            .addSubcommand(new CheckConfigCommand(terminal));
    line.setExpandAtFiles(false)
        .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
        .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
        .setParameterExceptionHandler((wrong, given) -> onUsageError(wrong, terminal))
        .setExecutionStrategy(
            parsed -> {
              main.configureLogging(parsed.subcommand());
              return new CommandLine.RunLast().execute(parsed);
            })
        .setExecutionExceptionHandler(
            (failure, command, given) -> main.onFailure(failure, terminal));
    int code = main.execute(line, args, terminal);
    Optional<String> writeFailure = terminal.out().writeFailure();
    writeFailure.ifPresent(
        why -> terminal.err().println("nara: the results could not all be printed: " + why));
    return writeFailure.isPresent() ? ExitCode.USAGE : code;
  }

  private int execute(CommandLine line, String[] args, Terminal terminal) {
    try {
      return line.execute(args);
    } catch (OutOfMemoryError full) {
      terminal
          .err()
          .println("nara: out of memory; NARA_JAVA_OPTS=-Xmx4g lets it have 4 GB, for example");
    } catch (Error defect) {
      printDefect(defect, terminal);
    }
    return ExitCode.DEFECT;
  }

  private static CommandLine ledgerCommand(Terminal terminal) {
    return new CommandLine(new LedgerCommand())
        .addSubcommand(new LedgerCommand.StatsCommand(terminal))
        .addSubcommand(new LedgerCommand.SubjectCommand(terminal))
        .addSubcommand(new LedgerCommand.QueryCommand(terminal))
        .addSubcommand(new LedgerCommand.ExportCommand(terminal))
        .addSubcommand(new LedgerCommand.ImportCommand(terminal));
  }

  /** Without a command there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say which command to run");
  }

  /**
   * A node that goes on tells what it does; other commands only what went wrong. Must come before
   * the first logger is made, since that is when the settings are read.
   */
  private void configureLogging(ParseResult command) {
    if (verbose) {
      System.setProperty(LOG_LEVEL_PROPERTY, "DEBUG");
      System.setProperty(STACK_TRACE_PROPERTY, "%ex");
    } else if (command != null && command.commandSpec().name().equals("run")) {
      System.setProperty(LOG_LEVEL_PROPERTY, "INFO");
    }
  }

  private static int onUsageError(ParameterException wrong, Terminal terminal) {
    CommandLine command = wrong.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    terminal.err().println(name + ": " + Terminal.printable(wrong.getMessage()));
    if (command.getSubcommands().isEmpty()) {
      terminal.err().println("Try '" + name + " --help'.");
    } else {
      command.usage(terminal.err(), Help.Ansi.OFF);
    }
    return ExitCode.USAGE;
  }

  private int onFailure(Exception failure, Terminal terminal) {
    if (failure instanceof CommandFailure commandFailure) {
      terminal.err().println("nara: " + commandFailure.getMessage());
      return ExitCode.USAGE;
    }
    printDefect(failure, terminal);
    return ExitCode.DEFECT;
  }

  private void printDefect(Throwable failure, Terminal terminal) {
    terminal
        .err()
        .println(
            "nara: a defect of this program: "
                + Terminal.printable(failure.toString())
                + (verbose ? "" : " (--verbose shows where)"));
    if (verbose) {
      LoggerFactory.getLogger(Main.class).error("the command failed", failure);
    }
  }

  /** The version in the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"nara-vertx " + Optional.ofNullable(version).orElse("(not packaged)")};
    }
  }
}
