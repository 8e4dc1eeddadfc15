package nara.cli.setup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import nara.cli.file.CommandFailure;
import nara.cli.file.OutputFile;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the files of a package that describe the commands, in the usual places. */
@Command(
    name = "packaging",
    hidden = true,
    description = "Write the man page and the completions of the shells, for packages.")
public final class PackagingCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIRECTORY", description = "The share directory of the package.")
  private Path directory;

  @Override
  public Integer call() {
    CommandSpec root = spec.root();
    write("man/man1/nara.1", ManualPage.of(root, System.getenv()));
    write("bash-completion/completions/nara", AutoComplete.bash(root.name(), root.commandLine()));
    write("zsh/site-functions/_nara", ZshCompletion.of(root));
    return CommandLine.ExitCode.OK;
  }

  private void write(String name, String text) {
    Path file = directory.resolve(name);
    try {
      Files.createDirectories(file.getParent());
    } catch (IOException failure) {
      throw CommandFailure.unwritable(file, failure);
    }
    OutputFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }
}
