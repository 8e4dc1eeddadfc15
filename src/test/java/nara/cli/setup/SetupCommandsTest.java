package nara.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import nara.Launcher;
import nara.cli.output.CommandLineRun;
import nara.node.config.ConfigReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that help to install a node. */
class SetupCommandsTest {
  @TempDir Path folder;

  @Test
  void version_command_and_option_name_program_and_java() {
    CommandLineRun run = CommandLineRun.of("version");

    assertThat(run.code()).isZero();
    assertThat(run.lines().getFirst()).startsWith("nara-vertx ");
    assertThat(run.lines().getLast()).startsWith("Java " + Runtime.version());
    assertThat(CommandLineRun.of("--version").out()).isEqualTo(run.out());
    assertThat(CommandLineRun.of("run", "--version").out()).isEqualTo(run.out());
  }

  @Test
  void manifest_is_found_when_the_build_knew_no_commit() throws IOException {
    Path library = Files.writeString(folder.resolve("a.MF"), "Implementation-Version: 4\n");
    Path ours =
        Files.writeString(
            folder.resolve("b.MF"), "Main-Class: nara.Launcher\nImplementation-Version: 0.1.0\n");

    assertThat(
            VersionCommand.manifest(List.of(library.toUri().toURL(), ours.toUri().toURL()))
                .getValue("Implementation-Version"))
        .isEqualTo("0.1.0");
    assertThat(Launcher.class.getName()).isEqualTo("nara.Launcher");
  }

  @Test
  void config_init_writes_a_commented_file_with_the_defaults() throws IOException {
    Path file = folder.resolve("node.json");
    CommandLineRun run = CommandLineRun.of("config", "init", file);

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("wrote " + file, "check-config");
    assertThat(Files.readString(file)).contains("// ");
    ConfigReader.ConfigResult read = ConfigReader.read(Files.readString(file), Map.of(), 1_000);
    assertThat(read.problems()).isEmpty();
    assertThat(read.config()).isEqualTo(ConfigReader.read("{}", Map.of(), 1_000).config());
    assertThat(CommandLineRun.of("check-config", file).code()).isZero();
  }

  @Test
  void every_commented_key_of_the_first_configuration_can_be_uncommented() throws IOException {
    Path file = folder.resolve("node.json");
    CommandLineRun.of("config", "init", file);
    String text = Files.readString(file);
    Pattern commented = Pattern.compile("(?m)^( *)// (\"[a-z_]+\": )");
    List<String> edited = new ArrayList<>(List.of(commented.matcher(text).replaceAll("$1$2")));
    commented
        .matcher(text)
        .results()
        .forEach(
            line ->
                edited.add(
                    text.substring(0, line.start())
                        + text.substring(line.start()).replaceFirst("// ", "")));

    assertThat(edited).hasSize(7);
    assertThat(edited)
        .allSatisfy(
            one ->
                assertThat(ConfigReader.read(one, Map.of(), 1_000).problems())
                    .allMatch(problem -> problem.sentence().contains("\"lisa.soul\"")));
  }

  @Test
  void config_init_replaces_a_file_only_with_force() throws IOException {
    Path file = Files.writeString(folder.resolve("node.json"), "mine");
    CommandLineRun refused = CommandLineRun.of("config", "init", file);

    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("exists already; --force replaces it");
    assertThat(file).hasContent("mine");
    assertThat(CommandLineRun.of("config", "init", "--force", file).code()).isZero();
    assertThat(Files.readString(file)).contains("\"mesh\"");
  }

  @Test
  void shipped_schema_is_the_one_that_the_program_prints() throws IOException {
    assertThat(Files.readString(Path.of("conf/schema.json")))
        .as("nara config schema > conf/schema.json")
        .isEqualTo(CommandLineRun.of("config", "schema").out());
  }

  @Test
  void configuration_may_name_its_schema() {
    String text = "{\"$schema\": \"schema.json\"}";

    assertThat(ConfigReader.read(text, Map.of(), 1_000).problems()).isEmpty();
  }

  @Test
  void configuration_of_packages_is_valid() throws IOException {
    ConfigReader.ConfigResult read =
        ConfigReader.read(Files.readString(Path.of("dist/node.json")), Map.of(), 1_000);

    assertThat(read.problems()).isEmpty();
    assertThat(read.config().orElseThrow().memory().snapshot()).isPresent();
  }

  @Test
  void packaging_writes_page_and_completions_of_every_visible_command() throws IOException {
    assertThat(CommandLineRun.of("packaging", folder).code()).isZero();

    String page = Files.readString(folder.resolve("man/man1/nara.1"));
    String bash = Files.readString(folder.resolve("bash-completion/completions/nara"));
    String zsh = Files.readString(folder.resolve("zsh/site-functions/_nara"));
    assertThat(page)
        .startsWith(".TH NARA 1 ")
        .contains(".SS nara ledger query", "\\-\\-config", ".SH EXIT STATUS")
        .doesNotContain("packaging", "${");
    assertThat(bash).contains("ledger", "--config").doesNotContain("packaging");
    assertThat(zsh).startsWith("#compdef nara").contains("_nara_ledger_query() {");
  }
}
