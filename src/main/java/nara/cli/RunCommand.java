package nara.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import nara.cli.file.CommandFailure;
import nara.cli.output.ProgressPrinter;
import nara.cli.output.ReportFormatter;
import nara.cli.output.Terminal;
import nara.cluster.ClusterConfig;
import nara.identity.Identity;
import nara.mesh.wire.PeerAddress;
import nara.node.config.NodeConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a node until it is told to stop. */
@Command(name = "run", description = "Runs a node until it is told to stop (Ctrl-C, SIGTERM).")
final class RunCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The node's configuration; conf/node.json is one to begin with.")
  private Path config;

  @Option(
      names = "--import",
      paramLabel = "FILE",
      description = "Events to begin with (.jsonl or .jsonl.gz); judged by the node's policy.")
  private Path importFile;

  @Option(
      names = "--cluster",
      description = "As a member of the cluster that the configuration describes.")
  private boolean clustered;

  @Option(
      names = "--member",
      paramLabel = "HOST:PORT",
      description = "Which member this is, in place of cluster.host and cluster.port.")
  private String memberAddress;

  RunCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    NodeConfig read = ConfigLoader.readForNode(config, terminal);
    NodeConfig node = clustered ? read.with(asMember(read.cluster())) : read;
    Identity identity = ConfigLoader.identity(node);
    RunningNode.Preparation preparation =
        importFile == null
            ? RunningNode.Preparation.NONE
            : RunningNode.importing(importFile, terminal);
    ProgressPrinter progress = new ProgressPrinter(terminal);
    // Until the process is asked to end: the shutdown hook of the running node stops it in order.
    CountDownLatch forever = new CountDownLatch(1);
    try (RunningNode running =
        RunningNode.start(node, identity, terminal.clock(), preparation, progress::print)) {
      terminal.err().println(startMessage(node, identity, running));
      running
          .finished()
          .onSuccess(
              report -> {
                progress.eraseOpenLine();
                terminal
                    .err()
                    .println(ReportFormatter.format(report).lines().findFirst().orElseThrow());
              });
      forever.await();
    }
    return ExitCode.OK;
  }

  private ClusterConfig asMember(ClusterConfig cluster) {
    if (cluster.members().isEmpty()) {
      throw new CommandFailure(
          "--cluster needs the other members: set cluster.members in "
              + config
              + " to HOST:PORT each");
    }
    if (memberAddress == null) {
      return cluster.asMember();
    }
    PeerAddress at =
        PeerAddress.parse(memberAddress)
            .filter(given -> cluster.members().contains(given.toString()))
            .orElseThrow(
                () ->
                    new CommandFailure(
                        "--member is not one of cluster.members: "
                            + String.join(", ", cluster.members())));
    return cluster.withAddress(at.host(), at.port()).asMember();
  }

  private static String startMessage(NodeConfig config, Identity identity, RunningNode running) {
    StringBuilder line = new StringBuilder("nara ").append(Terminal.printable(identity.name()));
    line.append(" is up (").append(identity.id()).append(")");
    running
        .node()
        .meshPort()
        .ifPresent(
            port ->
                line.append("; mesh on ").append(config.mesh().host()).append(':').append(port));
    if (config.usesPlaza()) {
      line.append("; plaza ").append(config.plaza().url());
    }
    if (config.cluster().enabled()) {
      line.append("; member ").append(config.cluster().memberName());
      line.append(" of the cluster ").append(config.cluster().name());
    }
    // A port of the system's choice is told in the log.
    if (config.web().enabled() && config.web().port() != 0) {
      line.append("; report at http://")
          .append(config.web().host())
          .append(':')
          .append(config.web().port())
          .append("/report");
    }
    return line.toString();
  }
}
