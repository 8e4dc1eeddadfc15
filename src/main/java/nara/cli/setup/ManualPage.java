package nara.cli.setup;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The manual page nara(1), made of the commands' own help. The format is man(7). */
final class ManualPage {
  /** The time of the source, so that two builds make the same page. */
  static final String TIME_VARIABLE = "SOURCE_DATE_EPOCH";

  private static final String END =
      """
      .SH FILES
      .TP
      .I /etc/nara/node.json
      The configuration of the service. The page docs/configuration.md has all keys.
      .TP
      .I /var/lib/nara
      The soul and the snapshot of the service.
      .SH ENVIRONMENT
      .TP
      .B NARA_SOUL
      The soul; it wins over the configuration.
      .TP
      .B NARA_JAVA_OPTS
      Options for the JVM.
      .TP
      .B JAVA_HOME
      The Java to use; otherwise the newest one of this machine. It must be Java 21 or newer.
      """;

  private final StringBuilder page = new StringBuilder(1 << 14);

  private ManualPage() {}

  static String of(CommandSpec root, Map<String, String> environment) {
    ManualPage manual = new ManualPage();
    String seconds = environment.getOrDefault(TIME_VARIABLE, "0");
    LocalDate date =
        Instant.ofEpochSecond(Long.parseLong(seconds)).atZone(ZoneOffset.UTC).toLocalDate();
    manual.line(".TH NARA 1 %s nara-vertx", date);
    manual.line(".SH NAME");
    manual.line("nara \\- node of a gossip network that recovers its memory from its neighbours");
    manual.line(".SH SYNOPSIS");
    manual.line(".B nara");
    manual.line("\\fICOMMAND\\fR [\\fIOPTIONS\\fR]");
    manual.line(".SH DESCRIPTION");
    manual.text(CommandTexts.description(root));
    manual.line("The results go to stdout, and everything else to stderr.");
    manual.line(".SH COMMANDS");
    CommandTexts.subcommands(root).forEach(manual::command);
    manual.line(".SH OPTIONS");
    manual.line("All commands have these options.");
    CommandTexts.options(root).forEach(manual::option);
    manual.line(".SH EXIT STATUS");
    manual.exitCodes(root.usageMessage().exitCodeList());
    manual.page.append(END);
    return manual.page.toString();
  }

  private void command(CommandSpec command) {
    List<CommandSpec> inner = CommandTexts.subcommands(command);
    line(".SS %s", escaped(command.qualifiedName()));
    text(CommandTexts.description(command));
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      line(".TP");
      line(".I %s", escaped(parameter.paramLabel()));
      text(CommandTexts.description(parameter));
    }
    for (OptionSpec option : CommandTexts.options(command)) {
      // All commands have those of the program, and the page lists them once.
      if (command.root().findOption(option.longestName()) == null) {
        option(option);
      }
    }
    inner.forEach(this::command);
  }

  private void option(OptionSpec option) {
    line(".TP");
    String value =
        option.arity().max() == 0 ? "" : " \\fI%s\\fR".formatted(escaped(option.paramLabel()));
    line("\\fB%s\\fR%s", escaped(String.join(", ", option.names())), value);
    text(CommandTexts.description(option));
  }

  private void exitCodes(Map<String, String> codes) {
    codes.forEach(
        (code, meaning) -> {
          line(".TP");
          line(".B %s", code);
          text(meaning);
        });
  }

  private void text(String text) {
    String safe = escaped(text);
    // A line that begins with a dot or an apostrophe would be a request.
    line("%s", safe.startsWith(".") || safe.startsWith("'") ? "\\&" + safe : safe);
  }

  private void line(String format, Object... values) {
    page.append(format.formatted(values)).append('\n');
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-");
  }
}
