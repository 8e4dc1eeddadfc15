package nara.cli;

import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import nara.cli.file.CommandFailure;
import nara.cli.output.ProgressPrinter;
import nara.cli.output.ReportFormatter;
import nara.cli.output.Terminal;
import nara.cli.process.HeapTrimmer;
import nara.cli.process.ProcessEnd;
import nara.cli.process.ServiceNotification;
import nara.cli.process.StopRequest;
import nara.cli.process.StoppedInStartException;
import nara.cluster.ClusterConfig;
import nara.identity.Identity;
import nara.log.LogSetup;
import nara.mesh.wire.PeerAddress;
import nara.node.NaraNode;
import nara.node.config.NodeConfig;
import nara.recovery.report.Report;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "run",
    description = "Run a node until it is stopped (Ctrl-C or SIGTERM).",
    exitCodeList = {
      "3:the heap is exhausted",
      "4:the node did not stop in time; its last snapshot may be missing"
    })
final class RunCommand extends TerminalCommand {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The node's configuration; start with a copy of conf/node.json. Without it, environment"
              + " variables configure the node.")
  private Path config;

  @Option(
      names = "--import",
      paramLabel = "FILE",
      description =
          "Import the events of this file before the recovery; the node's trust policy applies.")
  private Path importFile;

  @Option(names = "--cluster", description = "Join the cluster of the configuration as a member.")
  private boolean clustered;

  @Option(
      names = "--member",
      paramLabel = "HOST:PORT",
      description = "This member's address; overrides cluster.host and cluster.port.")
  private String memberAddress;

  @Override
  public Integer call() throws InterruptedException {
    if (memberAddress != null && !clustered) {
      throw usageError("--member needs --cluster");
    }
    if (importFile != null) {
      StartupImport.requireEvents(importFile);
    }
    ProcessEnd.ignoreHangup();
    try (StopRequest stop = StopRequest.listen()) {
      return runUntil(stop);
    } catch (StoppedInStartException stopped) {
      terminal().message("stopped during the start");
      return ExitCode.OK;
    }
  }

  private int runUntil(StopRequest stop) throws InterruptedException {
    NodeConfig read =
        config == null
            ? ConfigLoader.readEnvironment(terminal())
            : ConfigLoader.readForNode(config, terminal());
    LogSetup.apply(read.log());
    NodeConfig node = clustered ? read.with(asMember(read.cluster())) : read;
    Identity identity = ConfigLoader.identityForNode(node, terminal());
    ProgressPrinter progress = new ProgressPrinter(terminal());
    Function<NaraNode, Future<?>> preparation =
        importFile == null
            ? RunningNode.NO_PREPARATION
            : new StartupImport(importFile, terminal(), stop);
    try (RunningNode running =
        RunningNode.start(
            node,
            identity,
            terminal(),
            preparation,
            // Without a terminal the log tells the stages.
            terminal().interactive() ? progress::print : progressed -> {},
            stop,
            RunningNode.OnStop.STOP)) {
      terminal().message("%s", startMessage(node, identity, running));
      ServiceNotification.ready()
          .ifPresent(why -> terminal().message("note: systemd was not told of the start: %s", why));
      node.isolationNotes().forEach(note -> terminal().message("note: %s", note));
      Consumer<Report> printSummary =
          report -> {
            progress.eraseOpenLine();
            terminal().message("%s", summary(report, stop.isMade()));
          };
      HeapTrimmer heap = new HeapTrimmer();
      Consumer<Report> onRecovered = printSummary.andThen(report -> heap.trimIfGrown());
      running.finished().onSuccess(onRecovered::accept);
      running.onLaterRecovery(onRecovered);
      Instant startedAt = terminal().clock().instant();
      stop.await();
      // Not a constant: the first logger reads settings that the command line makes.
      Logger log = LoggerFactory.getLogger(RunCommand.class);
      log.info(
          "Stopping; reason=\"the process was asked to end by SIGTERM or SIGINT\""
              + " uptime_seconds={}",
          Duration.between(startedAt, terminal().clock().instant()).toSeconds());
      terminal()
          .message(
              "stopping nara %s%s",
              Terminal.printable(identity.name()),
              node.memory().snapshot().isPresent()
                  ? ""
                  : "; no snapshot is written, because memory.snapshot is not set");
      return running.stop() ? ExitCode.OK : ExitCode.NOT_STOPPED;
    }
  }

  private static String summary(Report report, boolean stopping) {
    return report.isIsolated() && !stopping
        ? ReportFormatter.summary(report) + "; the node waits for neighbours"
        : ReportFormatter.summary(report);
  }

  private ClusterConfig asMember(ClusterConfig cluster) {
    if (cluster.members().isEmpty()) {
      throw new CommandFailure(
          "--cluster needs the members' addresses: set cluster.members%s to a list of HOST:PORT"
              .formatted(config == null ? "" : " in " + config));
    }
    if (memberAddress == null) {
      return cluster.asMember();
    }
    String problem =
        "--member %s is not in cluster.members: %s"
            .formatted(Terminal.printable(memberAddress), String.join(", ", cluster.members()));
    PeerAddress address =
        PeerAddress.parse(memberAddress)
            .filter(given -> cluster.members().contains(given.toString()))
            .orElseThrow(() -> new CommandFailure(problem));
    return cluster.withAddress(address.host(), address.port()).asMember();
  }

  private static String startMessage(NodeConfig config, Identity identity, RunningNode running) {
    List<String> parts = new ArrayList<>();
    parts.add(
        "nara %s is running (%s)".formatted(Terminal.printable(identity.name()), identity.id()));
    running
        .node()
        .meshPort()
        .ifPresent(port -> parts.add("mesh on " + new PeerAddress(config.mesh().host(), port)));
    if (config.usesPlaza()) {
      parts.add("plaza " + config.plaza().url());
    }
    ClusterConfig cluster = config.cluster();
    if (cluster.enabled()) {
      parts.add("member %s of cluster %s".formatted(cluster.memberName(), cluster.name()));
    }
    // The system chooses port 0's number later; the log reports it.
    if (config.web().enabled() && config.web().port() != 0) {
      PeerAddress web = new PeerAddress(config.web().host(), config.web().port());
      parts.add("report at http://%s/report".formatted(web));
    }
    return String.join("; ", parts);
  }
}
