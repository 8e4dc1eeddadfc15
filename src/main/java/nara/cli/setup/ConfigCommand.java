package nara.cli.setup;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import nara.cli.file.CommandFailure;
import nara.cli.file.OutputFile;
import nara.node.config.ConfigReader;
import nara.node.config.ConfigSchema;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Helps to write a configuration. {@code check-config} checks one. */
@Command(
    name = "config",
    description = "Write a first configuration, or print the JSON schema of configurations.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ConfigCommand.Init.class, ConfigCommand.Schema.class})
public final class ConfigCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(name = "init", description = "Write a commented configuration to start with.")
  static final class Init implements Callable<Integer> {
    private static final String TEMPLATE = "/nara/cli/node.json";

    @Spec private CommandSpec spec;

    @Parameters(
        paramLabel = "FILE",
        arity = "0..1",
        defaultValue = "node.json",
        description = "The file to write (${DEFAULT-VALUE}).")
    private Path file;

    @Option(names = "--force", description = "Replace an existing file.")
    private boolean force;

    @Override
    public Integer call() {
      if (!force && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new CommandFailure(file + " exists already; --force replaces it");
      }
      byte[] text = template();
      OutputFile.write(file, out -> out.write(text));
      spec.commandLine()
          .getErr()
          .printf("wrote %s; edit it, then: nara check-config %s%n", file, file);
      return CommandLine.ExitCode.OK;
    }

    private static byte[] template() {
      try (InputStream in = Init.class.getResourceAsStream(TEMPLATE)) {
        return in.readAllBytes();
      } catch (IOException impossible) {
        throw new UncheckedIOException("reading from the jar", impossible);
      }
    }
  }

  @Command(
      name = "schema",
      description = "Print the JSON schema, with which editors complete and check configurations.")
  static final class Schema implements Callable<Integer> {
    /** Any value: no default of the schema depends on the machine. */
    private static final long MEGABYTES = 1_000;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      spec.commandLine()
          .getOut()
          .println(ConfigSchema.of(ConfigReader.read("{}", Map.of(), MEGABYTES).keys()));
      return CommandLine.ExitCode.OK;
    }
  }
}
