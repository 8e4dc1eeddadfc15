package nara.cli;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import nara.bounds.SafeText;
import nara.cli.file.BoundedFile;
import nara.cli.file.CommandFailure;
import nara.cli.output.Terminal;
import nara.mesh.client.BoundedWebClient;
import nara.mesh.client.Exchange;
import nara.mesh.wire.PeerAddress;
import nara.node.Blocking;
import nara.node.Platform;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig.WebConfig;
import nara.stash.wire.StashLimits;
import picocli.CommandLine.Command;
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
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** The node asks neighbours and confidants before it responds, some of which may be silent. */
  private static final Duration RESPONSE_TIMEOUT = Duration.ofMinutes(3);

  @Override
  public Integer call() {
    throw usageError("a command is missing");
  }

  /** What all commands share: the management port. */
  abstract static class PortCommand extends TerminalCommand {
    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "The node's configuration, for its management port.")
    private Path config;

    @Option(
        names = "--web",
        paramLabel = "HOST:PORT",
        description = "The node's management port. Default: web.host and web.port.")
    private String web;

    /** Sends a request to the node and returns the body of its response. */
    final byte[] send(HttpMethod method, String path, byte[] body) {
      PeerAddress node = node();
      Vertx vertx = Vertx.vertx(Platform.vertxOptions());
      try {
        RequestOptions request =
            new RequestOptions()
                .setMethod(method)
                .setURI("/api/stash/" + path)
                .setHost(PeerAddress.urlHost(node.host()))
                .setPort(node.port())
                .putHeader("Content-Type", "application/octet-stream");
        Exchange.RawResponse response =
            Blocking.await(
                new BoundedWebClient(vertx, terminal().clock(), CONNECT_TIMEOUT, 1)
                    .send(
                        request,
                        Buffer.buffer(body),
                        StashLimits.CIPHERTEXT_BYTES,
                        RESPONSE_TIMEOUT)
                    .future()
                    .timeout(RESPONSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                    .recover(failure -> Future.failedFuture(unreachable(node, failure))),
                RESPONSE_TIMEOUT.plus(CONNECT_TIMEOUT));
        if (response.status() != 200) {
          String why = new String(response.body(), StandardCharsets.UTF_8).strip();
          throw new CommandFailure(
              "the node at %s refuses: %d %s"
                  .formatted(node, response.status(), SafeText.excerpt(why, 200)));
        }
        return response.body();
      } finally {
        Blocking.await(vertx.close(), CONNECT_TIMEOUT);
      }
    }

    final void printText(byte[] body) {
      terminal()
          .out()
          .println(Terminal.printable(new String(body, StandardCharsets.UTF_8).strip()));
    }

    private PeerAddress node() {
      if (web != null) {
        return PeerAddress.parse(web)
            .orElseThrow(() -> usageError("--web: expected HOST:PORT, got '" + web + "'"));
      }
      WebConfig port =
          Optional.ofNullable(config)
              .map(file -> ConfigLoader.requireValid(file, ConfigLoader.read(file), terminal()))
              .orElseGet(ConfigReader::defaults)
              .web();
      if (!port.enabled() || port.port() == 0) {
        throw usageError("the configuration has no fixed management port; give --web HOST:PORT");
      }
      return new PeerAddress(port.host(), port.port());
    }

    private static CommandFailure unreachable(PeerAddress node, Throwable failure) {
      return new CommandFailure(
          "the node at %s cannot be reached: %s; start it with nara run"
              .formatted(node, failure.getMessage()));
    }
  }

  @Command(name = "set", description = "Put a file into the stash, in place of what it holds.")
  static final class SetCommand extends PortCommand {
    @Parameters(
        paramLabel = "FILE",
        description = "The file, at most 32 KiB; - for the standard input.")
    private Path file;

    @Override
    public Integer call() throws IOException {
      byte[] data =
          file.toString().equals("-")
              ? System.in.readNBytes(StashLimits.DATA_BYTES + 1)
              : BoundedFile.read(file, StashLimits.DATA_BYTES, "a file for the stash");
      if (data.length > StashLimits.DATA_BYTES) {
        throw new CommandFailure(
            "the input is too large for the stash: it has more than %,d bytes"
                .formatted(StashLimits.DATA_BYTES));
      }
      printText(send(HttpMethod.POST, "update", data));
      return ExitCode.OK;
    }
  }

  @Command(name = "get", description = "Print what the stash holds.")
  static final class GetCommand extends PortCommand {
    @Override
    public Integer call() {
      byte[] data = send(HttpMethod.GET, "data", new byte[0]);
      terminal().out().write(data, 0, data.length);
      terminal().out().flush();
      return ExitCode.OK;
    }
  }

  @Command(name = "status", description = "Show who keeps the stash, without what it holds.")
  static final class StatusCommand extends PortCommand {
    @Override
    public Integer call() {
      printText(send(HttpMethod.GET, "status", new byte[0]));
      return ExitCode.OK;
    }
  }
}
