package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import nara.cli.output.CommandLineRun;
import org.junit.jupiter.api.Test;

/** The demo on a terminal and off it. */
class DemoCommandIT {
  private static final Object[] ONCE = {"demo", "--neighbours", "1", "--events", "1000", "--once"};

  @Test
  void progress_of_the_demo_has_a_line_for_each_stage_off_a_terminal() {
    String err = errorsOf(CommandLineRun.now(ONCE));
    assertThat(err).doesNotContain("\r", "\u001b");
    assertThat(err.lines().filter(line -> line.contains(" s  pages ")).toList()).hasSize(1);
    assertThat(err).contains("the fresh node holds");
  }

  @Test
  void progress_of_the_demo_overwrites_one_line_on_a_terminal() {
    String err = errorsOf(CommandLineRun.onTerminal(ONCE));
    assertThat(err).contains("\r");
    assertThat(err).contains("the fresh node holds");
  }

  @Test
  void demo_with_json_says_why_it_does_not_end_and_what_to_do_next() throws Exception {
    Process demo =
        MainProcess.of("demo", "--neighbours", "1", "--events", "1000", "--json")
            .redirectError(ProcessBuilder.Redirect.PIPE)
            .start();
    try (BufferedReader err = demo.errorReader(StandardCharsets.UTF_8)) {
      String line;
      do {
        line = err.readLine();
        assertThat(line).as("the demo runs").isNotNull();
      } while (!line.contains("the network keeps running until Ctrl-C (--once exits)"));
      assertThat(err.readLine()).contains("nara recover --peer ", " --out events.jsonl");
      demo.toHandle().destroy();
      assertThat(demo.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      demo.destroyForcibly();
    }
  }

  private static String errorsOf(CommandLineRun run) {
    assertThat(run.code()).as(run.err()).isZero();
    return run.err();
  }
}
