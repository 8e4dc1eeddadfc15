package nara.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest.JudgedEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lock of a snapshot file, and the file after failures. */
class SnapshotFileTest {
  private static final JudgedEvent ONE =
      SnapshotContents.judged(SnapshotContents.unsigned(1, "a", "b"), Verdict.UNSIGNED);

  @TempDir private Path folder;
  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("ledger.gz");
  }

  @Test
  void snapshot_file_is_locked_by_one_node() throws IOException {
    try (SnapshotFile first = SnapshotFile.lock(path, SnapshotContents.KEY)) {
      assertThat(first.open(1)).isEmpty();
      assertThatThrownBy(() -> SnapshotFile.lock(path, SnapshotContents.KEY))
          .isInstanceOf(IOException.class)
          .hasMessage("another node uses %s; stop it, or give each node a file of its own", path);
    }
    SnapshotFile.lock(path, SnapshotContents.KEY).close();
  }

  @Test
  void snapshot_file_rejects_unusable_path() throws IOException {
    assertThatThrownBy(() -> SnapshotFile.lock(folder, SnapshotContents.KEY))
        .hasMessageContaining("is no file");
    assertThatThrownBy(() -> SnapshotFile.lock(folder.resolve("none/s.gz"), SnapshotContents.KEY))
        .hasMessageContaining("does not exist; make it");
  }

  @Test
  void failed_write_leaves_the_previous_snapshot() throws IOException {
    try (SnapshotFile file = SnapshotFile.lock(path, SnapshotContents.KEY)) {
      file.write(Snapshot.of(SnapshotContents.NOON, new Keyring(), List.of(ONE)));
      byte[] before = Files.readAllBytes(path);
      Iterable<JudgedEvent> breaking =
          () -> {
            throw new IllegalStateException("the disk is gone");
          };
      assertThatThrownBy(() -> file.write(new Snapshot(SnapshotContents.NOON, List.of(), breaking)))
          .isInstanceOf(IllegalStateException.class);
      assertThat(Files.readAllBytes(path)).isEqualTo(before);
      file.write(Snapshot.of(SnapshotContents.NOON, new Keyring(), List.of(ONE, ONE)));
      assertThat(SnapshotContents.of(path).others()).hasSize(2);
      assertThat(path.getParent()).isDirectoryNotContaining("glob:**.new");
    }
  }

  @Test
  void file_without_own_seal_is_renamed() throws IOException {
    Files.writeString(path, "somebody's diary");
    try (SnapshotFile file = SnapshotFile.lock(path, SnapshotContents.KEY)) {
      file.open(1).orElseThrow().close();
      file.write(Snapshot.of(SnapshotContents.NOON, new Keyring(), List.of(ONE)));
      file.write(Snapshot.of(SnapshotContents.NOON, new Keyring(), List.of(ONE)));
    }
    assertThat(SnapshotContents.of(path).sealed()).isTrue();
    assertThat(path.resolveSibling("ledger.gz.unsealed")).hasContent("somebody's diary");
  }
}
