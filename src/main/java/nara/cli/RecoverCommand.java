package nara.cli;

import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import nara.bounds.SafeText;
import nara.cli.file.BackupFile;
import nara.cli.file.CommandFailure;
import nara.cli.file.EventFileWriter;
import nara.cli.file.OutputFile;
import nara.cli.output.Counted;
import nara.cli.output.ProgressPrinter;
import nara.cli.output.ReportFormatter;
import nara.cli.output.Terminal;
import nara.cli.process.StopRequest;
import nara.discovery.DiscoveryConfig;
import nara.event.Event;
import nara.identity.Identity;
import nara.identity.Soul;
import nara.node.NaraNode;
import nara.node.config.AddressParser;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;
import nara.recovery.RecoveryConfig;
import nara.recovery.report.Report;
import nara.recovery.report.ReportJson;
import nara.stash.StashConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "recover",
    description = "Run one recovery.",
    exitCodeList = {
      "3:the recovery is partial: some offered events are missing",
      "4:the recovery is isolated: no peer gave any response but errors",
      "5:the recovery is complete, but --out kept the existing file, which has more events"
    })
final class RecoverCommand extends TerminalCommand {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Peers answer an announcement within 3 s. */
  private static final Duration PLAZA_WAIT = Duration.ofSeconds(4);

  private static final int PLAZA_TRIES = 3;

  @Option(
      names = "--peer",
      paramLabel = "[NAME@]HOST:PORT",
      description = "The mesh address of a neighbour. May be repeated.")
  private List<String> peers = new ArrayList<>();

  @Option(
      names = "--mqtt",
      paramLabel = "URL",
      description = "The plaza's broker: mqtt://HOST[:PORT] or mqtts://HOST[:PORT].")
  private String mqtt = "";

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "The configuration of the recovering node. Without a section mesh, it listens on a free"
              + " port; without a section recovery, it waits only briefly for neighbours.")
  private Path config;

  @Option(
      names = "--out",
      paramLabel = "FILE.jsonl",
      description =
          "Write the events of the neighbours to this file, byte for byte as received. An existing"
              + " file stays when the recovery is isolated or interrupted.")
  private Path out;

  @Option(
      names = "--import",
      paramLabel = "FILE",
      description =
          "Continue with the events of this file, such as an earlier --out; the trust policy"
              + " applies.")
  private Path importFile;

  @Option(
      names = "--force",
      description = "Let --out replace a file that has more events than the result.")
  private boolean force;

  @Option(
      names = "--report",
      paramLabel = "FILE.json",
      description = "Write the report to this file, as JSON.")
  private Path report;

  @Override
  public Integer call() {
    try (StopRequest stop = StopRequest.listen()) {
      return recover(stop);
    }
  }

  private int recover(StopRequest stop) {
    NodeConfig node = effectiveConfig(terminal());
    Stream.of(out, report).filter(Objects::nonNull).forEach(OutputFile::requireWritable);
    if (out != null) {
      OutputFile.requireNothingElse(out);
      if (report != null && isSame(out, report)) {
        throw usageError("--out and --report are the same file");
      }
    }
    if (importFile != null) {
      StartupImport.requireEvents(importFile);
    }
    Function<NaraNode, Future<?>> preparation =
        importFile == null
            ? RunningNode.NO_PREPARATION
            : new StartupImport(importFile, terminal(), stop);
    Identity identity =
        config == null ? temporaryIdentity() : ConfigLoader.identityForNode(node, terminal());
    ProgressPrinter progress = new ProgressPrinter(terminal());
    Report finalReport;
    boolean kept = false;
    try (RunningNode running =
        RunningNode.start(
            node,
            identity,
            terminal(),
            preparation,
            progress::print,
            stop,
            RunningNode.OnStop.REPORT)) {
      finalReport = running.report();
      progress.eraseOpenLine();
      // Print the report first, so that a failed write of a file does not lose it.
      terminal().out().print(ReportFormatter.format(finalReport));
      terminal().out().flush();
      if (report != null) {
        writeReport(finalReport);
      }
      if (out != null) {
        kept = !writeEvents(running.exportRecovered(), finalReport, running.interrupted());
      }
    }
    int code = exitCode(finalReport);
    return kept && code == ExitCode.OK ? ExitCode.KEPT : code;
  }

  private static boolean isSame(Path a, Path b) {
    return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
  }

  static int exitCode(Report report) {
    return switch (report.outcome()) {
      case "complete" -> ExitCode.OK;
      case "isolated" -> ExitCode.ISOLATED;
      default -> ExitCode.PARTIAL;
    };
  }

  /**
   * The configuration of the file or the default one, changed by the options. Sections that the
   * file does not have are those of a recovery without a file.
   */
  NodeConfig effectiveConfig(Terminal terminal) {
    NodeConfig base = ConfigReader.defaults();
    Set<String> given = Set.of();
    if (config != null) {
      ConfigReader.ConfigResult read = ConfigLoader.readForNode(config);
      base = ConfigLoader.requireValid(config, read, terminal);
      given = read.given();
    }
    List<DiscoveryConfig.ConfiguredPeer> named = new ArrayList<>(base.discovery().peers());
    for (String peer : peers) {
      Optional<String> fault = AddressParser.peerFault(peer);
      if (fault.isPresent()) {
        throw new CommandFailure(
            "--peer: expected [NAME@]HOST:PORT, got %s: %s"
                .formatted(SafeText.quoted(AddressParser.withoutSecret(peer)), fault.get()));
      }
      named.add(DiscoveryConfig.ConfiguredPeer.parse(peer));
    }
    NodeConfig changed =
        base.with(base.discovery().withPeers(named))
            .with(new NodeConfig.WebConfig(false, "127.0.0.1", 0))
            // It ends soon, so it must not promise others to keep anything.
            .with(StashConfig.disabled());
    if (!mqtt.isEmpty()) {
      if (!AddressParser.isBrokerUrl(mqtt)) {
        throw new CommandFailure(
            "--mqtt: %s is not %s%s"
                .formatted(
                    SafeText.quoted(AddressParser.withoutSecret(mqtt)),
                    AddressParser.BROKER_URLS,
                    AddressParser.brokerUrlFault(mqtt).map(fault -> ": " + fault).orElse("")));
      }
      changed = changed.with(changed.plaza().withUrl(mqtt));
    }
    if (config == null && named.isEmpty() && mqtt.isEmpty()) {
      throw usageError("no peers to recover from: give --peer, --mqtt or --config");
    }
    if (!given.contains("mesh")) {
      // Peers fetch our key from our mesh address, so serve the mesh on any free port: the usual
      // one may belong to a running node.
      changed = changed.with(changed.mesh().listeningOn(changed.mesh().host(), 0));
    }
    if (!given.contains("plaza")) {
      changed = changed.with(changed.plaza().withoutJitter());
    }
    return given.contains("recovery") ? changed : changed.with(withShortWaits(changed));
  }

  /** Long waits are for networks that start together; here a person waits. */
  private static RecoveryConfig withShortWaits(NodeConfig node) {
    return node.usesPlaza()
        ? node.recovery().withDiscoveryRetries(PLAZA_WAIT, PLAZA_TRIES)
        : node.recovery().withoutFirstWait();
  }

  private static Identity temporaryIdentity() {
    String name = "recover-%08x".formatted(RANDOM.nextInt());
    return Identity.of(name, Soul.generate(name, RANDOM));
  }

  /**
   * Writes the events to {@link #out}, or beside it when the existing file is better.
   *
   * @return whether {@link #out} has the events
   */
  private boolean writeEvents(List<Event> events, Report finalReport, boolean interrupted) {
    Optional<String> failure =
        interrupted
            ? Optional.of("the recovery was interrupted")
            : finalReport.isIsolated() ? Optional.of("no neighbour gave events") : Optional.empty();
    Optional<String> reason =
        BackupFile.reasonToKeep(out, events.size(), failure, force, "--import continues it");
    if (reason.isEmpty()) {
      EventFileWriter.write(out, events);
      return true;
    }
    String written = "";
    if (!events.isEmpty()) {
      Path beside = BackupFile.beside(out);
      EventFileWriter.write(beside, events);
      written = "; wrote %s to %s".formatted(Counted.of(events.size(), "event"), beside);
    }
    terminal().message("kept the existing %s: %s%s", out, reason.get(), written);
    return false;
  }

  private void writeReport(Report finalReport) {
    byte[] json = ReportJson.write(finalReport).getBytes(StandardCharsets.UTF_8);
    OutputFile.write(report, out -> out.write(json));
  }
}
