package nara.cli.setup;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The completion of the shell zsh: one function for each command. */
final class ZshCompletion {
  private final StringBuilder script = new StringBuilder(1 << 14);

  private ZshCompletion() {}

  static String of(CommandSpec root) {
    ZshCompletion completion = new ZshCompletion();
    completion.line("#compdef nara");
    completion.function(root);
    completion.line("_nara \"$@\"");
    return completion.script.toString();
  }

  private void function(CommandSpec command) {
    List<CommandSpec> inner = CommandTexts.subcommands(command);
    inner.forEach(this::function);
    line("%s() {", functionName(command));
    if (inner.isEmpty()) {
      line("  _arguments %s '*:file:_files'", options(command));
    } else {
      line("  local state line");
      line("  _arguments -C %s '1:command:->command' '*::argument:->argument'", options(command));
      line("  case $state in");
      line("    command)");
      line("      local -a commands=(");
      inner.forEach(
          each -> line("        '%s:%s'", each.name(), quoted(CommandTexts.description(each))));
      line("      )");
      line("      _describe command commands ;;");
      line("    argument)");
      line("      case $words[1] in");
      inner.forEach(each -> line("        %s) %s ;;", each.name(), functionName(each)));
      line("      esac ;;");
      line("  esac");
    }
    line("}");
  }

  private static String functionName(CommandSpec command) {
    return "_" + command.qualifiedName("_").replace('-', '_');
  }

  private static String options(CommandSpec command) {
    StringBuilder words = new StringBuilder();
    for (OptionSpec option : CommandTexts.options(command)) {
      String value = option.arity().max() == 0 ? "" : ":" + quoted(option.paramLabel()) + ":_files";
      for (String name : option.names()) {
        words.append(
            " '%s[%s]%s'".formatted(name, quoted(CommandTexts.description(option)), value));
      }
    }
    return words.toString().strip();
  }

  /** Without the characters that mean something to zsh inside a quoted specification. */
  private static String quoted(String text) {
    return text.replace("'", "’").replace("[", "(").replace("]", ")").replace(":", ",");
  }

  private void line(String format, Object... values) {
    script.append(format.formatted(values)).append('\n');
  }
}
