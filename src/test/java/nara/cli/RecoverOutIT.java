package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
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

  @Test
  void dangling_link_and_file_of_another_kind_are_refused_before_the_recovery() throws IOException {
    Path dangling =
        Files.createSymbolicLink(folder.resolve("d.jsonl"), folder.resolve("missing/x.jsonl"));
    Path circle = folder.resolve("c.jsonl");
    Files.createSymbolicLink(circle, circle);
    Path config = Files.writeString(folder.resolve("node.json"), "{\n  \"identity\": {}\n}\n");
    for (Path out : List.of(dangling, circle, config)) {
      CommandLineRun refused =
          CommandLineRun.now("recover", "--peer", "127.0.0.1:1", "--out", out.toString());

      assertThat(refused.code()).as(refused.err()).isEqualTo(2);
      assertThat(refused.err())
          .contains(out.toString())
          .containsAnyOf(
              "it is a link to a file in " + folder.toRealPath().resolve("missing"),
              "it is a link that leads to itself",
              "holds something else than events, and stays");
    }
    assertThat(config).content().contains("identity");
  }

  @Test
  void events_and_report_need_two_files() {
    Path one = folder.resolve("one");

    CommandLineRun refused =
        CommandLineRun.now(
            "recover",
            "--peer",
            "127.0.0.1:1",
            "--out",
            one.toString(),
            "--report",
            one.toString());

    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("--out and --report are the same file");
  }

  /** Far more events than may wait for a key, before the announcements of their emitters. */
  @Test
  void import_is_whole_when_the_announcements_come_last() throws IOException {
    List<byte[]> announcementsLast = new ArrayList<>(events);
    Collections.reverse(announcementsLast);
    Path backup = backup(announcementsLast);
    Path config =
        Files.writeString(folder.resolve("small.json"), "{ \"trust\": {\"max_quarantined\": 20} }");

    CommandLineRun run =
        CommandLineRun.now(
            "recover",
            "--config",
            config.toString(),
            "--peer",
            "127.0.0.1:1",
            "--import",
            backup.toString());

    assertThat(run.err())
        .contains("300 events, 300 new, 0 already held or not kept, 0 rejected, 0 waiting");
  }

  private Path backup(List<byte[]> content) throws IOException {
    Stream<String> lines = content.stream().map(event -> new String(event, StandardCharsets.UTF_8));
    return Files.write(folder.resolve("backup.jsonl"), (Iterable<String>) lines::iterator);
  }
}
