package nara.cli.ledger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.bounds.SafeText;
import nara.cli.ConfigLoader;
import nara.cli.ExitCode;
import nara.cli.file.BoundedFile;
import nara.cli.file.CommandFailure;
import nara.cli.file.EventFileWriter;
import nara.cli.file.OutputFile;
import nara.cli.ledger.LedgerLoader.LoadedLedger;
import nara.cli.output.JsonOutput;
import nara.event.Event;
import nara.node.config.NodeConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Merges files of events into a ledger file, or sends them to a running node. */
@Command(
    name = "import",
    description =
        "Merge files of events into the ledger file FILE, which is created when missing. With"
            + " --to, send all of the files to a running node instead.")
final class ImportCommand extends FileCommand {
  /** A bundle of all public authorities has 200 kB. */
  private static final int MAX_PEM_BYTES = 4 << 20;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "EVENTS",
      description = "Files of events to import.")
  private List<Path> sources = List.of();

  @Option(
      names = "--to",
      paramLabel = "HOST:PORT|URL",
      description =
          "Send the events to the running node with this mesh address, or to"
              + " https://HOST[:PORT] or http://HOST[:PORT].")
  private String nodeAddress;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The running node's configuration; its key signs the import.")
  private Path config;

  @Option(
      names = "--ca",
      paramLabel = "FILE.pem",
      description =
          "The authority that signed the certificate of https://. Default: those that the JVM"
              + " trusts.")
  private Path authority;

  @Override
  public Integer call() {
    List<Path> files = new ArrayList<>(List.of(file));
    files.addAll(sources);
    if (nodeAddress == null) {
      if (authority != null || config != null) {
        throw usageError("--config and --ca need --to");
      }
      importIntoFile(files);
    } else {
      importIntoNode(files);
    }
    return ExitCode.OK;
  }

  private void importIntoNode(List<Path> files) {
    if (config == null) {
      throw usageError("--to needs --config: a node accepts imports of its owner only");
    }
    String problem =
        "--to: expected HOST:PORT, https://HOST[:PORT] or http://HOST[:PORT], got "
            + SafeText.quoted(nodeAddress);
    ImportClient.Target target =
        ImportClient.Target.parse(nodeAddress).orElseThrow(() -> new CommandFailure(problem));
    if (authority != null && !target.tls()) {
      throw usageError("--ca needs --to https://HOST[:PORT]");
    }
    if (authority != null) {
      requireCertificate(authority);
    }
    NodeConfig owner = ConfigLoader.requireValid(config, ConfigLoader.read(config), terminal());
    ImportClient client =
        new ImportClient(
            ConfigLoader.identity(owner),
            target,
            owner.mesh().proxy(),
            Optional.ofNullable(authority),
            terminal());
    Map<String, Object> object = client.send(files);
    print(object, client.summary());
  }

  private static void requireCertificate(Path file) {
    String pem = new String(BoundedFile.read(file, MAX_PEM_BYTES, "a PEM file"), ISO_8859_1);
    if (!pem.contains("-----BEGIN CERTIFICATE-----")) {
      throw new CommandFailure("--ca: " + file + " has no certificate; give a PEM file");
    }
  }

  private void importIntoFile(List<Path> files) {
    if (sources.isEmpty()) {
      throw usageError("the files to import are missing");
    }
    OutputFile.requireReplaceable(file);
    if (!Files.exists(file)) {
      files.removeFirst();
    }
    LoadedLedger loaded = load(files);
    List<Event> events = loaded.ledger.export();
    EventFileWriter.write(file, events);
    Map<String, Object> object = JsonOutput.object("total", events.size());
    loaded.putTotals(object);
    object.put("refused", loaded.refused.values().stream().mapToLong(Long::longValue).sum());
    print(object, "%,d events in %s".formatted(events.size(), file));
  }
}
