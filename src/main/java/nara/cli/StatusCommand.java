package nara.cli;

import io.vertx.core.json.JsonObject;
import nara.cli.file.CommandFailure;
import nara.cli.output.StatusFormatter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "status", description = "Print the state of a running node in a few lines.")
final class StatusCommand extends TerminalCommand {
  private static final long WATCH_MILLIS = 1_000;

  /** Moves a terminal's cursor to its first line, and erases all. */
  private static final String CLEAR = "\u001b[H\u001b[2J";

  @Mixin private ManagementClient node;

  @Option(
      names = "--watch",
      description = "Print it every second until Ctrl-C, also after the node was away.")
  private boolean watch;

  @Option(names = "--json", description = "Print the JSON of /status.")
  private boolean json;

  /** Why the last request of a watch failed; empty when it did not. */
  private String problem = "";

  @Override
  public Integer call() throws InterruptedException {
    try (ManagementClient client = node) {
      printStatus(client);
      while (watch && !terminal().out().checkError()) {
        Thread.sleep(WATCH_MILLIS);
        printNext(client);
      }
    }
    return ExitCode.OK;
  }

  /** A node may stop while it is watched, for example for an upgrade. */
  private void printNext(ManagementClient client) throws InterruptedException {
    try {
      printStatus(client);
      problem = "";
    } catch (CommandFailure away) {
      if (!away.getMessage().equals(problem)) {
        problem = away.getMessage();
        terminal().message("nara: %s", problem);
      }
    }
  }

  private void printStatus(ManagementClient client) throws InterruptedException {
    ManagementClient.Response response = client.send("GET", "/status", terminal());
    if (response.status() != 200) {
      throw response.unexpected("no status of a nara");
    }
    JsonObject status = response.json("recovery", JsonObject.class);
    String clear = watch && terminal().interactive() ? CLEAR : "";
    terminal()
        .out()
        .println(clear + (json ? StatusFormatter.json(status) : StatusFormatter.lines(status)));
    terminal().out().flush();
  }
}
