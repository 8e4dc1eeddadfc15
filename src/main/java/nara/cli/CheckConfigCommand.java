package nara.cli;

import java.nio.file.Path;
import java.util.List;
import nara.node.config.ConfigReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "check-config",
    description =
        "Report all configuration errors, or print the effective configuration, secrets masked,"
            + " and where its values come from.")
final class CheckConfigCommand extends TerminalCommand {
  @Parameters(paramLabel = "FILE", description = "The configuration file, JSON.")
  private Path file;

  @Override
  public Integer call() {
    ConfigReader.ConfigResult result = ConfigLoader.read(file);
    ConfigLoader.requireValid(file, result, terminal())
        .isolationNotes()
        .forEach(note -> terminal().message("note: %s", note));
    printOrigins(result);
    terminal().out().println(result.effective());
    return ExitCode.OK;
  }

  private void printOrigins(ConfigReader.ConfigResult result) {
    result
        .variables()
        .forEach((key, variable) -> terminal().message("%s comes from %s", key, variable));
    List<String> fromFile =
        result.fromText().stream().filter(key -> !result.variables().containsKey(key)).toList();
    if (!fromFile.isEmpty()) {
      terminal().message("from %s: %s", file, String.join(", ", fromFile));
    }
    terminal().message("all other values are defaults");
  }
}
