package nara.cli;

import io.vertx.core.json.JsonObject;
import nara.cli.file.CommandFailure;
import nara.cli.output.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "recover-now", description = "Let a running node recover again.")
final class RecoverNowCommand extends TerminalCommand {
  @Mixin private ManagementClient node;

  @Override
  public Integer call() throws InterruptedException {
    try (ManagementClient client = node) {
      ManagementClient.Response response = client.send("POST", "/recover", terminal());
      JsonObject json = response.json();
      switch (response.status()) {
        case 202 -> terminal().message("recovery %s has begun", json.getValue("recovery"));
        case 409 -> terminal().message("recovery %s is running already", json.getValue("recovery"));
        default -> {
          Object error = json.getValue("error", "HTTP status " + response.status());
          throw new CommandFailure(
              "the node refuses: " + Terminal.printable(String.valueOf(error)));
        }
      }
    }
    return ExitCode.OK;
  }
}
