package nara.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import nara.cli.output.ProgressPrinter;
import nara.cli.output.ReportFormatter;
import nara.cli.output.Terminal;
import nara.demo.DemoNetwork;
import nara.recovery.report.Report;
import nara.recovery.report.ReportJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Everything on loopback: neighbours with a history, and one fresh node that gets it back. */
@Command(
    name = "demo",
    description =
        "Shows a recovery on this machine alone: a broker, neighbours that hold overlapping parts"
            + " of a signed history, and one fresh node.")
final class DemoCommand implements Callable<Integer> {
  private static final int MAX_NEIGHBOURS = 50;
  private static final int MAX_EVENTS = 320_000;

  private final Terminal terminal;

  @Spec private CommandSpec spec;

  @Option(
      names = "--neighbours",
      defaultValue = "5",
      paramLabel = "N",
      description = "Neighbours, 1 to " + MAX_NEIGHBOURS + ".")
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
    requireRange("--neighbours", neighbours, 1, MAX_NEIGHBOURS);
    requireRange("--events", events, 1_000, MAX_EVENTS);
    ProgressPrinter progress = new ProgressPrinter(terminal);
    try (DemoNetwork network =
            DemoNetwork.start(neighbours, events, seed, terminal.clock(), terminal.err()::println);
        RunningNode fresh =
            RunningNode.start(
                network.freshConfig(),
                network.freshIdentity(),
                terminal.clock(),
                RunningNode.Preparation.NONE,
                progress::print)) {
      Report report = fresh.report();
      progress.eraseOpenLine();
      terminal.out().print(json ? ReportJson.write(report) : ReportFormatter.format(report));
      terminal.out().flush();
      terminal
          .err()
          .printf(
              "the neighbours together hold %,d distinct events; the fresh node has %,d of them%n",
              events, report.ledgerTotals().total());
      if (once) {
        return RecoverCommand.exitCode(report);
      }
      terminal.err().println("the network goes on; Ctrl-C ends it");
      new CountDownLatch(1).await();
    }
    return ExitCode.OK;
  }

  private void requireRange(String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw new ParameterException(
          spec.commandLine(), "%s: %,d is not %,d to %,d".formatted(option, value, min, max));
    }
  }
}
