package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import nara.cli.output.CommandLineRun;
import nara.demo.Corpus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say about their use. */
class UsageTest {
  private static final Path CORPUS = Path.of("src/test/resources/vectors/corpus.jsonl.gz");

  @TempDir Path folder;

  @Test
  void help_command_lists_commands_and_explains_one() {
    assertThat(CommandLineRun.of("help").out()).contains("check-config", "recover");
    assertThat(CommandLineRun.of("help", "recover").out()).startsWith("Usage: nara recover");
  }

  @Test
  void help_shows_defaults_and_exit_codes() {
    assertThat(CommandLineRun.of("demo", "--help").out()).contains("50 (5)", "320,000 (50000)");
    assertThat(CommandLineRun.of("recover", "--help").out())
        .contains("Exit codes:", "success", "the recovery is partial", "the recovery is isolated");
    assertThat(CommandLineRun.of("verify", "--help").out())
        .contains("the policy would refuse an event");
    assertThat(CommandLineRun.of("--help").out()).contains("Exit codes:");
  }

  @Test
  void words_in_place_of_numbers_are_told_in_plain_words() {
    CommandLineRun run = CommandLineRun.of("demo", "--seed", "x");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("'x' is not a whole number");
  }

  @Test
  void number_that_is_too_large_is_told_as_such() {
    assertThat(CommandLineRun.of("demo", "--events", "99999999999").err())
        .contains("'99999999999' is too large a number");
  }

  @Test
  void empty_name_of_a_file_is_refused() {
    for (List<String> args :
        List.of(
            List.of("verify", ""),
            List.of("check-config", ""),
            List.of("recover", "--peer", "h", "--out", ""),
            List.of("config", "init", ""))) {
      CommandLineRun run = CommandLineRun.of(args.toArray());
      assertThat(run.code()).as("%s", args).isEqualTo(2);
      assertThat(run.err()).contains("the name of the file is empty");
    }
  }

  @Test
  void member_without_cluster_is_refused() {
    CommandLineRun run = CommandLineRun.of("run", "--member", "127.0.0.1:7435");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("--member needs --cluster");
  }

  @Test
  void import_of_a_file_without_events_is_refused_before_the_start(@TempDir Path folder)
      throws IOException {
    Path config = Files.writeString(folder.resolve("node.json"), "{}");
    Path other = Files.writeString(folder.resolve("notes"), "one\ntwo\n");
    for (List<Object> args :
        List.<List<Object>>of(
            List.of("run", "--config", config, "--import", other),
            List.of("recover", "--peer", "127.0.0.1:1", "--import", other))) {
      CommandLineRun run = CommandLineRun.of(args.toArray());
      assertThat(run.code()).as("%s", args).isEqualTo(2);
      assertThat(run.err())
          .startsWith("nara: " + other + " holds no event; the first fault is line 1: not JSON");
    }
    assertThat(CommandLineRun.of("run", "--import", folder.resolve("none")).err())
        .startsWith("nara: file not found: ");
  }

  @Test
  void options_of_other_modes_are_refused() {
    for (List<String> options :
        List.of(
            List.of("page", "--limit", "5"),
            List.of("page", "--slice-index", "0"),
            List.of("recent", "--cursor", "5"),
            List.of("recent", "--since", "5"),
            List.of("slice", "--page-size", "5"))) {
      CommandLineRun run =
          CommandLineRun.of(
              "ledger", "query", CORPUS, "--mode", options.get(0), options.get(1), options.get(2));
      assertThat(run.code()).as("%s", options).isEqualTo(2);
      assertThat(run.err()).contains(options.get(1) + " is no option of --mode " + options.get(0));
    }
  }

  @Test
  void negative_times_are_refused() {
    CommandLineRun page =
        CommandLineRun.of("ledger", "query", CORPUS, "--mode", "page", "--cursor", "-5");
    CommandLineRun subject = CommandLineRun.of("ledger", "subject", CORPUS, "lisa", "--at", "-5");

    assertThat(page.code()).isEqualTo(2);
    assertThat(page.err()).contains("--cursor: expected a Unix time in nanoseconds, got -5");
    assertThat(subject.code()).isEqualTo(2);
    assertThat(subject.err()).contains("--at: expected a Unix time in seconds, got -5");
  }

  @Test
  void one_event_is_no_plural() throws IOException {
    Path file = folder.resolve("one.jsonl");
    String event =
        new String(
            Corpus.generate(1_000, 5, 1, Instant.now()).events().get(0), StandardCharsets.UTF_8);
    Files.writeString(file, event + "\n");

    assertThat(CommandLineRun.of("verify", file).err()).startsWith("1 event: ");
    assertThat(CommandLineRun.of("ledger", "export", file).err()).isEqualTo("1 event\n");
    assertThat(CommandLineRun.of("ledger", "stats", file).out()).startsWith("         1 event\n");
  }

  @Test
  void verify_reads_standard_input() throws Exception {
    Process verify = MainProcess.of("verify", "-", "--policy", "reference").start();
    try (OutputStream in = verify.getOutputStream()) {
      Files.copy(CORPUS, in);
    }
    String out = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(out.lines()).hasSize(3_000);
  }

  @Test
  void argument_that_the_locale_cannot_express_is_refused() throws Exception {
    ProcessBuilder builder = MainProcess.of("identity", "--name");
    String command =
        String.join("' '", builder.command()).replaceAll("^", "exec '") + "' $'Zo\\303\\253'";
    Process process =
        new ProcessBuilder("env", "LC_ALL=C", "bash", "-c", command)
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(out).isEqualTo(2);
    assertThat(out).contains("the locale cannot express", "set LC_ALL=C.UTF-8");
  }
}
