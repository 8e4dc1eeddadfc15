package nara.cli;

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
      switch (response.status()) {
        case 202 -> terminal().message("recovery %s has begun", recovery(response));
        case 409 -> terminal().message("recovery %s is running already", recovery(response));
        default -> {
          String error = response.json("error", String.class).getString("error");
          throw new CommandFailure("the node refuses: " + Terminal.printable(error));
        }
      }
    }
    return ExitCode.OK;
  }

  private static Object recovery(ManagementClient.Response response) {
    return response.json("recovery", Number.class).getValue("recovery");
  }
}
