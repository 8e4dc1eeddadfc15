package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import nara.bus.Scheduler;
import nara.cli.output.CheckedPrintStream;
import nara.cli.output.Terminal;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node in a process of its own receives signals. */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StopIT {
  @TempDir Path folder;

  @Test
  void node_says_goodbye_writes_snapshot_and_exits_0_on_sigterm() throws Exception {
    Process node = running("\"memory\": {\"snapshot\": \"" + folder.resolve("s.gz") + "\"}, ");
    try (BufferedReader err = node.errorReader(StandardCharsets.UTF_8)) {
      awaitRunning(err);
      signal(node, "TERM");
      String rest = String.join("\n", err.lines().toList());

      assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(node.exitValue()).as(rest).isZero();
      assertThat(rest).contains("Saying goodbye to the network", "Wrote the snapshot; file=");
      assertThat(folder.resolve("s.gz")).isNotEmptyFile();
    } finally {
      node.destroyForcibly();
    }
  }

  @Test
  void node_survives_sighup_and_exits_0_on_sigint() throws Exception {
    Process node = running("");
    try (BufferedReader err = node.errorReader(StandardCharsets.UTF_8)) {
      awaitRunning(err);
      signal(node, "HUP");
      assertThat(node.waitFor(300, TimeUnit.MILLISECONDS)).as("it still runs").isFalse();
      signal(node, isInterruptIgnored() ? "TERM" : "INT");
      String rest = String.join("\n", err.lines().toList());

      assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(node.exitValue()).as(rest).isZero();
      assertThat(rest)
          .contains("no snapshot is written, because memory.snapshot is not set")
          .contains("isolated after")
          .doesNotContain("waits for neighbours");
    } finally {
      node.destroyForcibly();
    }
  }

  @Test
  void node_stops_cleanly_and_exits_0_on_sigterm_during_a_long_import() throws Exception {
    try (BlockedImport blocked = new BlockedImport(folder)) {
      Process node =
          MainProcess.of(
                  "run", "--config", config("").toString(), "--import", blocked.pipe().toString())
              .redirectError(ProcessBuilder.Redirect.PIPE)
              .start();
      try (BufferedReader err = node.errorReader(StandardCharsets.UTF_8)) {
        blocked.awaitReader();
        signal(node, "TERM");
        String rest = String.join("\n", err.lines().toList());

        assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(node.exitValue()).as(rest).isZero();
        assertThat(rest)
            .contains("stopped during the start")
            .doesNotContain("is running", "goodbye");
      } finally {
        node.destroyForcibly();
      }
    }
  }

  @Test
  void recover_reports_and_keeps_its_own_exit_code_on_sigterm_during_a_long_import()
      throws Exception {
    try (BlockedImport blocked = new BlockedImport(folder)) {
      Process recover =
          MainProcess.of(
                  "recover", "--peer", "bart@127.0.0.1:9", "--import", blocked.pipe().toString())
              .start();
      try (InputStream out = recover.getInputStream()) {
        blocked.awaitReader();
        signal(recover, "TERM");
        String report = new String(out.readAllBytes(), StandardCharsets.UTF_8);

        assertThat(recover.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(report).contains("isolated after");
        assertThat(recover.exitValue()).as(report).isEqualTo(ExitCode.ISOLATED);
      } finally {
        recover.destroyForcibly();
      }
    }
  }

  @Test
  void stop_that_takes_too_long_is_a_sentence() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new CheckedPrintStream(OutputStream.nullOutputStream()),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            Scheduler.system(),
            false);

    assertThat(
            RunningNode.awaitStop(Promise.promise().future(), Duration.ofMillis(1), true, terminal))
        .isFalse();
    terminal.err().flush();
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("the node has not stopped within 0 s; the process ends now; the last snapshot")
        .hasLineCount(1);
  }

  @Test
  void demo_exits_on_sigterm() throws Exception {
    Process demo = MainProcess.of("demo", "--neighbours", "1", "--events", "1000").start();
    try (InputStream out = demo.getInputStream()) {
      assertThat(out.read()).isPositive();
      signal(demo, "TERM");
      assertThat(demo.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(demo.exitValue()).isZero();
    } finally {
      demo.destroyForcibly();
    }
  }

  private Process running(String section) throws IOException {
    return MainProcess.of("run", "--config", config(section).toString())
        .redirectError(ProcessBuilder.Redirect.PIPE)
        .start();
  }

  private Path config(String section) throws IOException {
    return Files.writeString(
        folder.resolve("node.json"),
        """
        { "identity": {"name": "lisa", "soul": "%s"}, %s
          "mesh": {"host": "127.0.0.1", "port": 0}, "web": {"enabled": false} }
        """
            .formatted(Citizen.named("lisa").identity().soul().encoded(), section));
  }

  private static void awaitRunning(BufferedReader err) throws IOException {
    String line;
    do {
      line = err.readLine();
      assertThat(line).as("the node runs").isNotNull();
    } while (!line.contains("is running"));
  }

  /**
   * A shell without a terminal lets the processes that it starts in the background ignore SIGINT.
   */
  private static boolean isInterruptIgnored() throws IOException {
    String ignored =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .map(line -> line.substring("SigIgn:".length()).strip())
            .findFirst()
            .orElse("0");
    return (Long.parseUnsignedLong(ignored, 16) & 1 << 1) != 0;
  }

  private static void signal(Process process, String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
  }

  /** A named pipe as an import: its reader blocks until it is closed. */
  private static final class BlockedImport implements AutoCloseable {
    private final Path pipe;
    private OutputStream writer;

    BlockedImport(Path folder) throws Exception {
      pipe = folder.resolve("events");
      new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
    }

    Path pipe() {
      return pipe;
    }

    /** Opening the pipe for writing blocks until it is read. */
    void awaitReader() throws IOException {
      writer = Files.newOutputStream(pipe);
    }

    @Override
    public void close() throws IOException {
      writer.close();
    }
  }
}
