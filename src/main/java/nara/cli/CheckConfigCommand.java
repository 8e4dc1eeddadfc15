package nara.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import nara.cli.output.Terminal;
import nara.node.config.ConfigReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "check-config",
    description =
        "Report all configuration errors, or print the effective configuration, secrets masked.")
final class CheckConfigCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "FILE", description = "The configuration file, JSON.")
  private Path file;

  CheckConfigCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    ConfigReader.ConfigResult result = ConfigLoader.read(file);
    ConfigLoader.requireValid(file, result, terminal);
    terminal.out().println(result.effective());
    return ExitCode.OK;
  }
}
