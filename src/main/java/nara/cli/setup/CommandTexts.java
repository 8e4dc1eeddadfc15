package nara.cli.setup;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The help texts of the commands, as plain text. */
final class CommandTexts {
  private CommandTexts() {}

  /** The commands below this one that a user sees. */
  static List<CommandSpec> subcommands(CommandSpec command) {
    return command.subcommands().values().stream()
        .map(line -> line.getCommandSpec())
        .filter(spec -> !spec.usageMessage().hidden())
        .toList();
  }

  static List<OptionSpec> options(CommandSpec command) {
    return command.options().stream().filter(option -> !option.hidden()).toList();
  }

  static String description(CommandSpec command) {
    UsageMessageSpec usage = command.usageMessage();
    return oneLine(String.join(" ", usage.description())).replace("%n", " ");
  }

  static String description(ArgSpec argument) {
    String byDefault = Optional.ofNullable(argument.defaultValue()).orElse("none");
    return oneLine(String.join(" ", argument.description()))
        .replace("${DEFAULT-VALUE}", byDefault)
        .replace("%%", "%");
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
