package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nara.cli.output.CommandLineRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  private static final List<String> COMMANDS =
      List.of("demo", "run", "recover", "identity", "verify", "ledger", "check-config");

  @Test
  void help_lists_every_command_on_stdout() {
    CommandLineRun help = CommandLineRun.of("--help");
    assertThat(help.code()).isZero();
    assertThat(help.err()).isEmpty();
    assertThat(help.out()).contains(COMMANDS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "run", "recover", "identity", "verify", "ledger", "check-config"})
  void every_command_prints_its_help(String command) {
    CommandLineRun help = CommandLineRun.of(command, "--help");
    assertThat(help.code()).isZero();
    assertThat(help.out()).startsWith("Usage: nara " + command).contains("--verbose");
  }

  @Test
  void missing_command_prints_the_command_list_on_stderr() {
    CommandLineRun none = CommandLineRun.of();
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.out()).isEmpty();
    assertThat(none.err()).startsWith("nara: a command is missing").contains(COMMANDS);
  }

  @Test
  void bad_usage_prints_message_without_stack_trace() {
    for (Object[] args :
        List.of(
            new Object[] {"nonsense"},
            new Object[] {"verify"},
            new Object[] {"verify", "--nonsense", "x"},
            new Object[] {"ledger"},
            new Object[] {"ledger", "query", "x"},
            new Object[] {"ledger", "query", "x", "--mode", "sideways"},
            new Object[] {"ledger", "subject", "x", "lisa", "--at", "noon"},
            new Object[] {"recover"},
            new Object[] {"recover", "--peer", "no address"},
            new Object[] {"recover", "--mqtt", "http://x"},
            new Object[] {"run"},
            new Object[] {"run", "--config", "no-such-file.json"},
            new Object[] {"demo", "--neighbours", "0"},
            new Object[] {"demo", "--events", "many"},
            new Object[] {"identity", "--name", ""},
            new Object[] {"identity", "--soul", "\u001b[31m"},
            new Object[] {"check-config", "no-such-file.json"})) {
      CommandLineRun run = CommandLineRun.of(args);
      assertThat(run.code()).as("%s: %s", List.of(args), run.err()).isEqualTo(2);
      assertThat(run.err()).as("%s", List.of(args)).startsWith("nara").doesNotContain("\tat ");
      assertThat(run.out()).isEmpty();
    }
  }

  @Test
  void directory_is_rejected(@TempDir Path folder) {
    for (String command : List.of("verify", "check-config")) {
      CommandLineRun run = CommandLineRun.of(command, folder);
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("is a directory");
    }
  }

  @Test
  void file_is_not_an_argument_list_when_name_begins_with_at_sign(@TempDir Path folder) {
    CommandLineRun run = CommandLineRun.of("verify", "@" + folder.resolve("x"));
    assertThat(run.err()).contains("file not found: @");
  }

  @Test
  void command_fails_when_output_is_lost() {
    CommandLineRun run = CommandLineRun.of(failing("No space left on device"), "identity");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains("the results are incomplete, writing failed: No space left on device");
  }

  @Test
  void command_succeeds_when_reader_closes_pipe() {
    CommandLineRun run = CommandLineRun.of(failing("Broken pipe"), "identity");
    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
  }

  @Test
  void command_prints_advice_when_memory_is_exhausted() {
    OutputStream hungry =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new OutOfMemoryError("in a test");
          }
        };
    CommandLineRun run = CommandLineRun.of(hungry, "identity");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).startsWith("nara: out of memory;").doesNotContain("\tat ");
  }

  @Test
  void endless_device_is_rejected() {
    assumeTrue(Files.exists(Path.of("/dev/zero")));
    CommandLineRun config = CommandLineRun.of("check-config", "/dev/zero");
    assertThat(config.code()).isEqualTo(2);
    assertThat(config.err()).contains("is too large for a configuration file");
    CommandLineRun keys = CommandLineRun.of("verify", "pom.xml", "--keys", "/dev/zero");
    assertThat(keys.code()).isEqualTo(2);
    assertThat(keys.err()).contains("is too large for a file of keys");
  }

  @Test
  void pipe_is_rejected_when_file_is_read_twice() {
    assumeTrue(Files.exists(Path.of("/dev/null")));
    for (Object[] args :
        List.of(
            new Object[] {"verify", "/dev/null"},
            new Object[] {"ledger", "stats", "/dev/null", "--policy", "strict"},
            new Object[] {"run", "--config", "/dev/null"})) {
      CommandLineRun run = CommandLineRun.of(args);
      assertThat(run.code()).as("%s", List.of(args)).isEqualTo(2);
      assertThat(run.err()).contains("/dev/null is a pipe or a device; give a file");
    }
    assertThat(CommandLineRun.of("ledger", "stats", "/dev/null").code()).isZero();
  }

  private static OutputStream failing(String why) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(why);
      }
    };
  }
}
