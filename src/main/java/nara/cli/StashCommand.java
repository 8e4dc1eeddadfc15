package nara.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import nara.cli.file.BoundedFile;
import nara.cli.file.CommandFailure;
import nara.cli.output.Counted;
import nara.cli.output.Terminal;
import nara.stash.wire.StashLimits;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The stash of a node that runs on this machine, through its management port. */
@Command(
    name = "stash",
    description = "Keep a small file with other naras, encrypted; the node must run.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      StashCommand.SetCommand.class,
      StashCommand.GetCommand.class,
      StashCommand.StatusCommand.class
    })
final class StashCommand extends TerminalCommand {
  /** The node asks neighbours and confidants before it responds, some of which may be silent. */
  private static final Duration RESPONSE_TIMEOUT = Duration.ofMinutes(3);

  @Override
  public Integer call() {
    throw usageError("a command is missing");
  }

  /** A command that sends one request to the node. */
  abstract static class RequestCommand extends TerminalCommand {
    @Mixin private ManagementClient node;

    /** Sends a request to the node. */
    final ManagementClient.Response send(String method, String path, byte[] body)
        throws InterruptedException {
      try (ManagementClient client = node) {
        ManagementClient.Response response =
            client.send(method, "/api/stash/" + path, body, RESPONSE_TIMEOUT, terminal());
        if (response.status() != 200) {
          throw response.unexpected("the node refuses");
        }
        return response;
      }
    }

    final void printText(ManagementClient.Response response) {
      terminal().out().println(Terminal.printable(response.text()));
    }
  }

  @Command(name = "set", description = "Put a file into the stash, in place of what it holds.")
  static final class SetCommand extends RequestCommand {
    @Parameters(
        paramLabel = "FILE",
        description = "The file, at most 32 KiB; - for the standard input.")
    private Path file;

    @Override
    public Integer call() throws IOException, InterruptedException {
      byte[] data =
          file.toString().equals("-")
              ? System.in.readNBytes(StashLimits.DATA_BYTES + 1)
              : BoundedFile.read(file, StashLimits.DATA_BYTES, "a file for the stash");
      if (data.length > StashLimits.DATA_BYTES) {
        throw new CommandFailure(
            "the input is too large for the stash: it has more than %,d bytes"
                .formatted(StashLimits.DATA_BYTES));
      }
      printText(send("POST", "update", data));
      return ExitCode.OK;
    }
  }

  @Command(name = "get", description = "Print what the stash holds.")
  static final class GetCommand extends RequestCommand {
    @Override
    public Integer call() throws InterruptedException {
      byte[] data = send("GET", "data", new byte[0]).body();
      terminal().out().write(data, 0, data.length);
      terminal().out().flush();
      return ExitCode.OK;
    }
  }

  @Command(name = "status", description = "Show who keeps the stash, without what it holds.")
  static final class StatusCommand extends RequestCommand {
    @Option(names = "--json", description = "Print the JSON of /api/stash/status.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      ManagementClient.Response response = send("GET", "status", new byte[0]);
      JsonObject status = response.json("metrics", JsonObject.class);
      if (json) {
        printText(response);
      } else {
        terminal().out().println(lines(status));
      }
      return ExitCode.OK;
    }

    private static String lines(JsonObject status) {
      JsonObject mine = status.getJsonObject("my_stash");
      JsonObject kept = status.getJsonObject("metrics", new JsonObject());
      String confidants =
          status.getJsonArray("confidants", new JsonArray()).stream()
              .filter(JsonObject.class::isInstance)
              .map(each -> confidant((JsonObject) each))
              .collect(Collectors.joining(", "));
      return """
      stash       %s
      confidants  %s
      found       %s
      of others   %,d of at most %,d stashes, %,d bytes\
      """
          .formatted(
              mine == null
                  ? "empty"
                  : Counted.of(mine.getLong("bytes", 0L), "byte")
                      + ", written at "
                      + Instant.ofEpochSecond(mine.getLong("timestamp", 0L)),
              confidants.isEmpty() ? "none" : confidants,
              Terminal.printable(status.getString("recovery", "")),
              kept.getLong("stashes_stored", 0L),
              kept.getLong("storage_limit", 0L),
              kept.getLong("total_bytes", 0L));
    }

    private static String confidant(JsonObject each) {
      return "%s (%s, %s)"
          .formatted(
              Terminal.printable(each.getString("name", "")),
              Terminal.printable(each.getString("status", "")),
              each.getBoolean("online", false) ? "online" : "offline");
    }
  }
}
