package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import nara.demo.Corpus;
import nara.testing.Citizen;
import nara.testing.ScriptedPeer;
import nara.testing.Vectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recovery in a process of its own receives SIGTERM before it is complete. */
class RecoverShutdownIT {
  @TempDir Path folder;

  @Test
  void recover_prints_and_writes_partial_result_on_sigterm() throws Exception {
    Path out = folder.resolve("out.jsonl");
    Path report = folder.resolve("report.json");
    try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      Process recover =
          started(
              "recover",
              "--peer",
              "bart@127.0.0.1:" + silent.getLocalPort(),
              "--out",
              out.toString(),
              "--report",
              report.toString());
      try (Socket connection = silent.accept()) {
        assertThat(connection.getInputStream().read()).isPositive();
        // Process.destroy would close the output that is read below.
        recover.toHandle().destroy();
        String output = new String(recover.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(recover.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output).contains("events recovered", "the node stopped during the recovery");
        String outcome = Vectors.parse(Files.readString(report)).get("outcome").asText();
        assertThat(output).startsWith(outcome);
        assertThat(recover.exitValue())
            .as("its own exit code, not Java's 143")
            .isEqualTo(outcome.equals("isolated") ? ExitCode.ISOLATED : ExitCode.PARTIAL);
        assertThat(Files.readAllLines(out)).as("no neighbour gave any").isEmpty();
      } finally {
        recover.destroyForcibly();
      }
    }
  }

  @Test
  void recover_writes_only_what_came_from_neighbours() throws Exception {
    Path out = folder.resolve("out.jsonl");
    List<byte[]> events = Corpus.generate(300, 5, 1, Instant.now()).events();
    try (ScriptedPeer bart = new ScriptedPeer("bart", events)) {
      Process recover =
          started("recover", "--peer", bart.configuredPeer(), "--out", out.toString());
      recover.getInputStream().readAllBytes();
      recover.waitFor(60, TimeUnit.SECONDS);
    }
    List<String> expected =
        events.stream().map(event -> new String(event, StandardCharsets.UTF_8)).toList();
    assertThat(Files.readAllLines(out)).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void recover_keeps_existing_backup_when_interrupted() throws Exception {
    String event = new String(Citizen.named("bart").tease(1, "lisa"), StandardCharsets.UTF_8);
    Path out = Files.writeString(folder.resolve("out.jsonl"), event + "\n");
    try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      silent.setSoTimeout(60_000);
      Process recover =
          started(
              "recover",
              "--peer",
              "bart@127.0.0.1:" + silent.getLocalPort(),
              "--out",
              out.toString());
      try (Socket connection = silent.accept()) {
        assertThat(connection.getInputStream().read()).isPositive();
        recover.toHandle().destroy();
        recover.getInputStream().readAllBytes();
        assertThat(recover.waitFor(60, TimeUnit.SECONDS)).isTrue();
      } finally {
        recover.destroyForcibly();
      }
    }
    assertThat(out).hasContent(event + "\n");
  }

  private static Process started(String... args) throws IOException {
    return MainProcess.of(args).start();
  }
}
