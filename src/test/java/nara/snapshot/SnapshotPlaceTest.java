package nara.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest.JudgedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots behind links, and mounted by themselves. */
class SnapshotPlaceTest {
  private static final JudgedEvent ONE =
      SnapshotContents.judged(SnapshotContents.unsigned(1, "a", "b"), Verdict.UNSIGNED);

  @TempDir private Path folder;

  @Test
  void link_stays_and_its_target_is_written() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    Path link = Files.createSymbolicLink(folder.resolve("link.gz"), Path.of("data/ledger.gz"));
    write(link);
    write(link);

    assertThat(link).isSymbolicLink();
    assertThat(data.resolve("ledger.gz")).isRegularFile();
    assertThat(SnapshotContents.of(link).others()).hasSize(1);
  }

  @Test
  void two_links_to_one_target_have_one_lock() throws IOException {
    Path target = folder.resolve("ledger.gz");
    Path one = Files.createSymbolicLink(folder.resolve("one.gz"), target);
    Path other = Files.createSymbolicLink(folder.resolve("other"), folder);
    try (SnapshotFile first = SnapshotFile.lock(one, SnapshotContents.KEY)) {
      assertThat(first.isReplaceable()).isTrue();
      assertThatThrownBy(() -> SnapshotFile.lock(other.resolve("ledger.gz"), SnapshotContents.KEY))
          .hasMessageContaining("another node uses");
    }
  }

  @Test
  void link_that_leads_to_itself_is_refused_with_a_sentence() throws IOException {
    Path circle = Files.createSymbolicLink(folder.resolve("circle"), folder.resolve("circle"));
    assertThatThrownBy(() -> SnapshotFile.lock(circle, SnapshotContents.KEY))
        .hasMessageContaining("is a link that leads to itself");
  }

  @Test
  void link_into_missing_directory_is_refused_at_the_start() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("none/ledger.gz"));
    assertThatThrownBy(() -> SnapshotFile.lock(link, SnapshotContents.KEY))
        .hasMessageContaining("does not exist; make it");
  }

  @Test
  void snapshot_of_a_start_that_was_killed_is_found_again() throws IOException {
    Path path = folder.resolve("ledger.gz");
    write(path);
    Files.move(path, folder.resolve("ledger.gz.moved"));

    SnapshotFile.lock(path, SnapshotContents.KEY).close();
    assertThat(SnapshotContents.of(path).others()).hasSize(1);
  }

  @Test
  void every_foreign_snapshot_is_kept() throws IOException {
    Path path = folder.resolve("ledger.gz");
    for (String diary : List.of("first", "second")) {
      Files.writeString(path, diary);
      write(path);
    }
    assertThat(folder.resolve("ledger.gz.unsealed")).hasContent("first");
    assertThat(folder.resolve("ledger.gz.unsealed-2")).hasContent("second");
  }

  @Test
  void file_mounted_by_itself_is_written_in_place() throws Exception {
    Path outside = Files.createFile(folder.resolve("outside.gz"));
    Path mounted = Files.createFile(folder.resolve("mounted.gz"));
    Files.writeString(
        outside, "an older snapshot of somebody else, which is rather long".repeat(99));
    Process process =
        new ProcessBuilder(
                "unshare",
                "-m",
                "sh",
                "-c",
                "mount --bind '%s' '%s' || exit 9; exec '%s' -cp '%s' %s '%s'"
                    .formatted(
                        outside,
                        mounted,
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        System.getProperty("java.class.path"),
                        SnapshotPlaceTest.class.getName(),
                        mounted))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    assumeTrue(code != 9 && !output.contains("unshare"), "this machine allows no mounts");

    assertThat(output).contains("replaceable: false");
    assertThat(code).isZero();
    assertThat(SnapshotContents.of(outside).sealed()).isTrue();
    assertThat(folder.resolve("mounted.gz.unsealed")).content().startsWith("an older snapshot");
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }

  /** Writes a snapshot to the named file. */
  public static void main(String[] args) throws IOException {
    write(Path.of(args[0]));
  }

  private static void write(Path path) throws IOException {
    try (SnapshotFile file = SnapshotFile.lock(path, SnapshotContents.KEY)) {
      System.out.println("replaceable: " + file.isReplaceable());
      if (Files.exists(path)) {
        file.open(1).orElseThrow().close();
      }
      file.write(Snapshot.of(SnapshotContents.NOON, new Keyring(), List.of(ONE)));
    }
  }
}
