package nara.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import nara.demo.Demo;
import nara.recovery.Report;
import nara.recovery.ReportJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Everything on loopback: neighbours with a history, and one fresh node that gets it back. */
@Command(
    name = "demo",
    description =
        "Shows a recovery on this machine alone: a broker, neighbours that hold overlapping parts of"
            + " a signed history, and one fresh node.")
final class DemoCommand implements Callable<Integer> {
  private static final int MOST_NEIGHBOURS = 50;
  private static final int MOST_EVENTS = 320_000;

  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Option(
      names = "--neighbours",
      defaultValue = "5",
      paramLabel = "N",
      description = "Neighbours, 1 to " + MOST_NEIGHBOURS + ".")
  private int neighbours;

  @Option(
      names = "--events",
      defaultValue = "50000",
      paramLabel = "N",
      description = "Distinct events in their history, 1,000 to 320,000.")
  private int events;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "The same seed makes the same network.")
  private long seed;

  @Option(names = "--once", description = "End after the recovery.")
  private boolean once;

  @Option(names = "--json", description = "Print the report as JSON, and nothing else, on stdout.")
  private boolean json;

  DemoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws Exception {
    within("--neighbours", neighbours, 1, MOST_NEIGHBOURS);
    within("--events", events, 1_000, MOST_EVENTS);
    ProgressPrinter progress = new ProgressPrinter(terminal);
    try (Demo demo =
            Demo.start(neighbours, events, seed, terminal.clock(), terminal.err()::println);
        RunningNode fresh =
            RunningNode.start(
                demo.freshNode(),
                demo.freshIdentity(),
                terminal.clock(),
                RunningNode.Preparation.NONE,
                progress::show)) {
      Report report = fresh.report();
      progress.end();
      terminal.out().print(json ? ReportJson.write(report) : ReportPrinter.text(report));
      terminal.out().flush();
      terminal
          .err()
          .printf(
              "the neighbours together hold %,d distinct events; the fresh node has %,d of them%n",
              events, report.ledger().total());
      if (once) {
        return RecoverCommand.exitCode(report);
      }
      terminal.err().println("the network goes on; Ctrl-C ends it");
      new CountDownLatch(1).await();
    }
    return ExitCode.OK;
  }

  private void within(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new ParameterException(
          spec.commandLine(), "%s: %,d is not %,d to %,d".formatted(option, value, least, most));
    }
  }
}
