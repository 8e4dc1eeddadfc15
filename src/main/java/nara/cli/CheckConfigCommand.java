package nara.cli;

import java.nio.file.Path;
import nara.node.config.ConfigReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "check-config",
    description =
        "Report all configuration errors, or print the effective configuration, secrets masked.")
final class CheckConfigCommand extends TerminalCommand {
  @Parameters(paramLabel = "FILE", description = "The configuration file, JSON.")
  private Path file;

  @Override
  public Integer call() {
    ConfigReader.ConfigResult result = ConfigLoader.read(file);
    ConfigLoader.requireValid(file, result, terminal())
        .isolationNotes()
        .forEach(note -> terminal().message("note: %s", note));
    terminal().out().println(result.effective());
    return ExitCode.OK;
  }
}
