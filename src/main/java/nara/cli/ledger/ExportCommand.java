package nara.cli.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.bounds.SafeText;
import nara.cli.ConfigLoader;
import nara.cli.ExitCode;
import nara.cli.file.CommandFailure;
import nara.cli.file.EventFileStream;
import nara.cli.file.EventFileWriter;
import nara.cli.file.OutputFile;
import nara.cli.output.Counted;
import nara.cli.output.JsonOutput;
import nara.cli.process.StopRequest;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.event.Event;
import nara.node.config.AddressParser;
import nara.node.config.NodeConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the events of a file, or of a running node, to a file or to stdout. */
@Command(
    name = "export",
    description =
        "Write the events that a node would hold, in order of time, byte for byte as read. With"
            + " --from, write the events that a running node holds instead.",
    exitCodeList = {
      "3:--from: the node did not send all events",
      "4:--from: the node sent no events: it did not answer, or refused",
      "5:--from: the node sent all events, but --out kept the existing file, which has more"
    })
final class ExportCommand extends LoadingCommand {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "A file of events, one JSON object a line, plain or gzipped.")
  private Path file;

  @Option(
      names = "--from",
      paramLabel = "[NAME@]HOST:PORT",
      description = "Read from the running node with this mesh address, in place of a file.")
  private String nodeAddress;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "--from: the configuration of a nara that the node knows; its key signs.")
  private Path config;

  @Option(
      names = "--skip-ids",
      paramLabel = "FILE",
      description =
          "--from: leave out the events of this file: an earlier export, or one id a line.")
  private Path skipIds;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Write to this file, gzipped when its name ends in .gz. Default: stdout. With --from,"
              + " an existing file stays when the result is smaller or the node did not answer.")
  private Path out;

  @Option(
      names = "--force",
      description = "--from: let --out replace a file that has more events than the result.")
  private boolean force;

  @Override
  public Integer call() {
    if (nodeAddress != null) {
      return exportFromNode();
    }
    if (file == null) {
      throw usageError("the file to export is missing; or give a running node with --from");
    }
    if (config != null || skipIds != null || force) {
      throw usageError("--config, --skip-ids and --force need --from");
    }
    if (out != null) {
      OutputFile.requireWritable(out);
      OutputFile.requireNothingElse(out);
    }
    List<Event> events = load(List.of(file)).ledger.export();
    if (out == null) {
      EventFileWriter.write(terminal().out(), events);
    } else {
      EventFileWriter.write(out, events);
    }
    terminal().message("%s", Counted.of(events.size(), "event"));
    if (json && out != null) {
      terminal().out().println(JsonOutput.indented(JsonOutput.object("total", events.size())));
    }
    return ExitCode.OK;
  }

  private int exportFromNode() {
    if (config == null) {
      throw usageError("--from needs --config: a node answers only naras that it knows");
    }
    if (file != null || ledgerLoader.isPolicyGiven()) {
      throw usageError("--from takes no file, no --policy and no --keys: it judges nothing");
    }
    String problem = "--from: expected [NAME@]HOST:PORT, got " + SafeText.quoted(nodeAddress);
    ConfiguredPeer node =
        AddressParser.peer(nodeAddress).orElseThrow(() -> new CommandFailure(problem));
    if (out != null && skipIds != null && isSameFile(out, skipIds)) {
      throw new CommandFailure(
          "--out and --skip-ids are the same file, so its events would be lost; to append, use"
              + " --skip-ids %1$s >> %1$s".formatted(skipIds));
    }
    NodeConfig configured =
        ConfigLoader.requireValid(config, ConfigLoader.read(config), terminal());
    if (out != null) {
      OutputFile.requireWritable(out);
      OutputFile.requireNothingElse(out);
    }
    try (StopRequest stop = StopRequest.listen();
        ExportClient client =
            new ExportClient(configured, ConfigLoader.identity(configured), terminal(), stop)) {
      if (skipIds != null) {
        client.skip(skipIds);
      }
      try (EventFileStream events =
          out == null ? EventFileStream.to(terminal().out()) : EventFileStream.to(out)) {
        ExportClient.Result result = client.export(node, events);
        return finish(result, events, stop.isMade());
      }
    }
  }

  private int finish(ExportClient.Result result, EventFileStream events, boolean interrupted) {
    boolean nothing = result.pages() == 0;
    Optional<String> failure =
        interrupted
            ? Optional.of("the export was interrupted")
            : nothing ? Optional.of("the node sent no events") : Optional.empty();
    Optional<String> kept = events.finish(failure, force, "--skip-ids reads only new ones");
    terminal().eraseStatus();
    terminal()
        .message(
            "%s from %s%s",
            Counted.of(events.events(), "event"),
            result.node(),
            result.skipped() == 0 ? "" : "; skipped %,d".formatted(result.skipped()));
    result
        .missingReason()
        .ifPresent(
            reason ->
                terminal()
                    .message(
                        nothing
                            ? "the node sent no events: %s"
                            : "these are not all events of the node: %s",
                        reason));
    kept.ifPresent(sentence -> terminal().message("%s", sentence));
    if (json && out != null) {
      Map<String, Object> object =
          JsonOutput.object(
              "total", events.events(),
              "received", result.received(),
              "skipped", result.skipped(),
              "complete", result.missingReason().isEmpty());
      result.missingReason().ifPresent(reason -> object.put("reason", reason));
      terminal().out().println(JsonOutput.indented(object));
    }
    if (result.missingReason().isEmpty()) {
      return kept.isEmpty() ? ExitCode.OK : ExitCode.KEPT;
    }
    return nothing ? ExitCode.ISOLATED : ExitCode.PARTIAL;
  }

  private static boolean isSameFile(Path one, Path other) {
    try {
      return Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other);
    } catch (IOException unreadable) {
      return false;
    }
  }
}
