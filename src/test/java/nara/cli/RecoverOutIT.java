package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import nara.cli.output.CommandLineRun;
import nara.demo.Corpus;
import nara.testing.ScriptedPeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recovery never leaves its user with less than before. */
class RecoverOutIT {
  private static final int EVENTS = 300;

  @TempDir Path folder;

  private final List<byte[]> events = Corpus.generate(EVENTS, 5, 1, Instant.now()).events();

  @Test
  void isolated_recovery_keeps_existing_backup() throws IOException {
    Path out = backup(events);

    CommandLineRun outcome =
        CommandLineRun.now("recover", "--peer", "127.0.0.1:1", "--out", out.toString());

    assertThat(outcome.code()).isEqualTo(ExitCode.ISOLATED);
    assertThat(Files.readAllLines(out)).hasSize(EVENTS);
    assertThat(outcome.err()).contains("kept the existing " + out, "no neighbour gave events");
  }

  @Test
  void smaller_result_keeps_existing_backup_unless_forced() throws IOException {
    Path out = backup(events);
    List<byte[]> fewer = events.subList(0, 200);
    try (ScriptedPeer bart = new ScriptedPeer("bart", fewer)) {
      CommandLineRun kept =
          CommandLineRun.now("recover", "--peer", bart.configuredPeer(), "--out", out.toString());

      assertThat(Files.readAllLines(out)).hasSize(EVENTS);
      assertThat(kept.err()).contains("it has 300 events and the result only 200", "--force");
      assertThat(Files.readAllLines(folder.resolve("partial-backup.jsonl"))).hasSize(200);
      assertThat(kept.code()).isEqualTo(ExitCode.KEPT);

      CommandLineRun forced =
          CommandLineRun.now(
              "recover", "--peer", bart.configuredPeer(), "--out", out.toString(), "--force");
      assertThat(forced.code()).isZero();
      assertThat(Files.readAllLines(out)).hasSize(200);
    }
  }

  @Test
  void recovery_continues_imported_backup() throws IOException {
    Path out = backup(events.subList(0, 250));
    try (ScriptedPeer bart = new ScriptedPeer("bart", events.subList(100, EVENTS))) {
      CommandLineRun.now(
          "recover",
          "--peer",
          bart.configuredPeer(),
          "--import",
          out.toString(),
          "--out",
          out.toString());
    }
    assertThat(Files.readAllLines(out)).hasSize(EVENTS);
  }

  private Path backup(List<byte[]> content) throws IOException {
    Stream<String> lines = content.stream().map(event -> new String(event, StandardCharsets.UTF_8));
    return Files.write(folder.resolve("backup.jsonl"), (Iterable<String>) lines::iterator);
  }
}
