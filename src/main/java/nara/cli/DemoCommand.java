package nara.cli;

import nara.cli.file.CommandFailure;
import nara.cli.output.ProgressPrinter;
import nara.cli.output.ReportFormatter;
import nara.cli.process.StopRequest;
import nara.demo.DemoNetwork;
import nara.node.AwaitTimeoutException;
import nara.recovery.report.Report;
import nara.recovery.report.ReportJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    description =
        "Start neighbours with a signed history and a broker on loopback, and one fresh node that"
            + " recovers the history.")
final class DemoCommand extends TerminalCommand {
  private static final int MAX_NEIGHBOURS = 50;
  private static final int MAX_EVENTS = 320_000;

  @Option(
      names = "--neighbours",
      defaultValue = "5",
      paramLabel = "N",
      description = "Number of neighbours, 1 to " + MAX_NEIGHBOURS + " (${DEFAULT-VALUE}).")
  private int neighbours;

  @Option(
      names = "--events",
      defaultValue = "50000",
      paramLabel = "N",
      description =
          "Number of distinct events in the history, 1,000 to 320,000 (${DEFAULT-VALUE}).")
  private int events;

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description =
          "The seed of the history; the same seed generates the same history (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--once",
      description = "Exit after the recovery; otherwise the network runs until Ctrl-C.")
  private boolean once;

  @Option(names = "--json", description = "Print the report as JSON.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    requireRange("--neighbours", neighbours, 1, MAX_NEIGHBOURS);
    requireRange("--events", events, 1_000, MAX_EVENTS);
    ProgressPrinter progress = new ProgressPrinter(terminal());
    try (StopRequest stop = StopRequest.listen();
        DemoNetwork network =
            DemoNetwork.start(
                neighbours, events, seed, terminal().clock(), terminal().err()::println);
        RunningNode fresh =
            RunningNode.start(
                network.freshConfig(),
                network.freshIdentity(),
                terminal(),
                RunningNode.NO_PREPARATION,
                progress::print,
                stop,
                RunningNode.OnStop.REPORT)) {
      Report report = fresh.report();
      progress.eraseOpenLine();
      terminal().out().print(json ? ReportJson.write(report) : ReportFormatter.format(report));
      terminal().out().flush();
      terminal()
          .message(
              "the neighbours began with %,d distinct events; the fresh node holds %,d, with the"
                  + " announcements made since",
              events, report.ledgerTotals().total());
      if (once || fresh.interrupted()) {
        return RecoverCommand.exitCode(report);
      }
      String address =
          "%s@127.0.0.1:%d"
              .formatted(fresh.node().identity().name(), fresh.node().meshPort().orElseThrow());
      terminal()
          .message(
              "the network keeps running until Ctrl-C (--once exits); recover from the fresh node"
                  + " with:%n  nara recover --peer %s --out events.jsonl",
              address);
      stop.await();
    } catch (AwaitTimeoutException late) {
      throw new CommandFailure(
          "a part of the demo is %s on this machine; give fewer --neighbours or --events"
              .formatted(late.getMessage()));
    }
    return ExitCode.OK;
  }

  private void requireRange(String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw usageError("%s: expected %,d to %,d, got %,d".formatted(option, min, max, value));
    }
  }
}
