package nara.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import nara.cli.file.BoundedFile;
import nara.cli.file.CommandFailure;
import nara.cli.output.Terminal;
import nara.stash.wire.StashLimits;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    /** Sends a request to the node and returns the body of its response. */
    final byte[] send(String method, String path, byte[] body) throws InterruptedException {
      try (ManagementClient client = node) {
        ManagementClient.Response response =
            client.send(method, "/api/stash/" + path, body, RESPONSE_TIMEOUT, terminal());
        if (response.status() != 200) {
          throw new CommandFailure(
              "the node refuses: %d %s".formatted(response.status(), response.excerpt()));
        }
        return response.body();
      }
    }

    final void printText(byte[] body) {
      terminal()
          .out()
          .println(Terminal.printable(new String(body, StandardCharsets.UTF_8).strip()));
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
      byte[] data = send("GET", "data", new byte[0]);
      terminal().out().write(data, 0, data.length);
      terminal().out().flush();
      return ExitCode.OK;
    }
  }

  @Command(name = "status", description = "Show who keeps the stash, without what it holds.")
  static final class StatusCommand extends RequestCommand {
    @Override
    public Integer call() throws InterruptedException {
      printText(send("GET", "status", new byte[0]));
      return ExitCode.OK;
    }
  }
}
