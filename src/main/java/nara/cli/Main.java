package nara.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nara.cli.file.CommandFailure;
import nara.cli.ledger.LedgerCommand;
import nara.cli.output.Terminal;
import nara.cli.process.ProcessEnd;
import nara.cli.setup.ConfigCommand;
import nara.cli.setup.PackagingCommand;
import nara.cli.setup.VersionCommand;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Entry point of the fat jar. It runs one command and returns an exit code. A failure is a message;
 * a stack trace is printed only with {@code --verbose}.
 */
@Command(
    name = "nara",
    description =
        "A nara node that recovers its memory from its neighbours and serves it to others.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = VersionCommand.class)
public final class Main implements Runnable {
  /** In the order of the help. */
  private static final List<Class<?>> COMMANDS =
      List.of(
          DemoCommand.class,
          RunCommand.class,
          RecoverCommand.class,
          StatusCommand.class,
          RecoverNowCommand.class,
          IdentityCommand.class,
          VerifyCommand.class,
          LedgerCommand.class,
          JourneyCommand.class,
          StashCommand.class,
          ConfigCommand.class,
          CheckConfigCommand.class,
          VersionCommand.class,
          PackagingCommand.class,
          TrainingCommand.class,
          CommandLine.HelpCommand.class);

  /** The commands that describe the others. */
  private static final Set<Class<?>> ABOUT_COMMANDS =
      Set.of(PackagingCommand.class, CommandLine.HelpCommand.class);

  private static final String LOG_LEVEL_PROPERTY = "nara.log.level";

  /** Java puts it in the place of bytes of an argument that the locale does not know. */
  private static final char UNDECODABLE = '\ufffd';

  /** How picocli names a value that is no number, or one that is too large. */
  private static final Pattern NOT_A_NUMBER = Pattern.compile("('[^']*') is not an? (?:long|int)");

  private static final String STACK_TRACE_PROPERTY = "nara.log.traces";

  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Log details, and print the stack trace of an internal error.")
  private boolean verbose;

  private Main(Terminal terminal) {
    this.terminal = terminal;
  }

  Terminal terminal() {
    return terminal;
  }

  public static void main(String[] args) {
    // Scripts read the numbers, so their format must not depend on the host.
    Locale.setDefault(Locale.ROOT);
    Terminal terminal = Terminal.ofProcess();
    for (String arg : args) {
      if (arg.indexOf(UNDECODABLE) >= 0) {
        terminal.message(
            "nara: the locale cannot express \"%s\"; write it in UTF-8, and set LC_ALL=C.UTF-8",
            Terminal.printable(arg));
        ProcessEnd.exit(ExitCode.USAGE);
      }
    }
    ProcessEnd.exit(run(args, terminal));
  }

  /** Runs one command and returns its exit code. */
  public static int run(String[] args, Terminal terminal) {
    Main main = new Main(terminal);
    CommandLine line = new CommandLine(main);
    commands(args).forEach(line::addSubcommand);
    addExitCodes(line);
    line.setExpandAtFiles(false)
        .registerConverter(Path.class, Main::path)
        .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
        .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
        .setParameterExceptionHandler((failure, given) -> main.onUsageError(failure))
        .setExecutionStrategy(
            parsed -> {
              main.configureLogging(parsed.subcommand());
              return new CommandLine.RunLast().execute(parsed);
            })
        .setExecutionExceptionHandler((failure, command, given) -> main.onFailure(failure));
    int code = main.execute(line, args);
    Optional<String> writeFailure = terminal.out().writeFailure();
    writeFailure.ifPresent(
        why -> terminal.message("nara: the results are incomplete, writing failed: %s", why));
    return writeFailure.isPresent() ? ExitCode.USAGE : code;
  }

  /**
   * The command that the first argument names, or all. To describe all commands takes longer than
   * to start one.
   */
  private static List<Class<?>> commands(String[] args) {
    String first = args.length == 0 ? "" : args[0];
    return COMMANDS.stream()
        .filter(each -> each.getAnnotation(Command.class).name().equals(first))
        .filter(each -> !ABOUT_COMMANDS.contains(each))
        .findFirst()
        .<List<Class<?>>>map(List::of)
        .orElse(COMMANDS);
  }

  /** An empty path would name the working directory. */
  private static Path path(String text) {
    if (text.isEmpty()) {
      throw new TypeConversionException("the name of the file is empty");
    }
    return Path.of(text);
  }

  /** Adds the exit codes that all commands share to their help, before those of their own. */
  private static void addExitCodes(CommandLine line) {
    Map<String, String> codes = new LinkedHashMap<>();
    codes.put(String.valueOf(ExitCode.OK), "success");
    codes.put(String.valueOf(ExitCode.INTERNAL_ERROR), "internal error");
    codes.put(String.valueOf(ExitCode.USAGE), "wrong usage or configuration; a message says why");
    CommandLine.Model.UsageMessageSpec usage = line.getCommandSpec().usageMessage();
    codes.putAll(usage.exitCodeList());
    usage.exitCodeListHeading("Exit codes:%n").exitCodeList(codes);
    line.getSubcommands().values().forEach(Main::addExitCodes);
  }

  private int execute(CommandLine line, String[] args) {
    try {
      return line.execute(args);
    } catch (OutOfMemoryError full) {
      terminal.message("nara: out of memory; set NARA_JAVA_OPTS=-Xmx4g, for example, for 4 GB");
    } catch (Error failure) {
      printInternalError(failure);
    }
    return ExitCode.INTERNAL_ERROR;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /**
   * The log of {@code run} shows what the node does, that of other commands only failures. The
   * first logger reads these settings, so they must be set before.
   */
  private void configureLogging(ParseResult command) {
    if (verbose) {
      System.setProperty(LOG_LEVEL_PROPERTY, "DEBUG");
      System.setProperty(STACK_TRACE_PROPERTY, "%ex");
    } else if (command != null && command.commandSpec().name().equals("run")) {
      System.setProperty(LOG_LEVEL_PROPERTY, "INFO");
    }
  }

  private int onUsageError(ParameterException failure) {
    CommandLine command = failure.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    terminal.message("%s: %s", name, Terminal.printable(sentence(failure)));
    if (command.getSubcommands().isEmpty()) {
      terminal.message("Try '%s --help'.", name);
    } else {
      command.usage(terminal.err(), Help.Ansi.OFF);
    }
    return ExitCode.USAGE;
  }

  /** Names an unknown command or argument in plain words; picocli counts its index. */
  private static String sentence(ParameterException failure) {
    if (failure instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
      boolean command = !failure.getCommandLine().getSubcommands().isEmpty();
      return (command ? "unknown command '%s'" : "unexpected argument '%s'")
          .formatted(unmatched.getUnmatched().get(0));
    }
    return NOT_A_NUMBER
        .matcher(failure.getMessage())
        .replaceAll(
            number ->
                Matcher.quoteReplacement(
                    number.group(1)
                        + (number.group(1).matches("'-?\\d+'")
                            ? " is too large a number"
                            : " is not a whole number")));
  }

  private int onFailure(Exception failure) {
    if (failure instanceof CommandFailure commandFailure) {
      terminal.message("nara: %s", commandFailure.getMessage());
      return ExitCode.USAGE;
    }
    printInternalError(failure);
    return ExitCode.INTERNAL_ERROR;
  }

  private void printInternalError(Throwable failure) {
    terminal.message(
        "nara: internal error: %s%s",
        Terminal.printable(failure.toString()),
        verbose ? "" : " (--verbose prints the stack trace)");
    if (verbose) {
      LoggerFactory.getLogger(Main.class).error("The command failed.", failure);
    }
  }
}
