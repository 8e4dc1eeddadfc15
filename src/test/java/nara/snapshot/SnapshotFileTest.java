package nara.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest.Judged;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The place of a snapshot: whose it is, and what lies there when something goes wrong. */
class SnapshotFileTest {
  private static final Judged ONE = Told.judged(Told.unsigned(1, "a", "b"), Verdict.UNSIGNED);

  @TempDir private Path folder;
  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("ledger.gz");
  }

  @Test
  void one_node_at_a_time_has_it() throws IOException {
    try (SnapshotFile first = SnapshotFile.lock(path, Told.KEY)) {
      assertThat(first.open(1)).isEmpty();
      assertThatThrownBy(() -> SnapshotFile.lock(path, Told.KEY))
          .isInstanceOf(IOException.class)
          .hasMessage("another node uses %s; stop it, or give each node a file of its own", path);
    }
    SnapshotFile.lock(path, Told.KEY).close();
  }

  @Test
  void what_is_no_place_for_a_file_is_said_at_once() throws IOException {
    assertThatThrownBy(() -> SnapshotFile.lock(folder, Told.KEY))
        .hasMessageContaining("is no file");
    assertThatThrownBy(() -> SnapshotFile.lock(folder.resolve("none/s.gz"), Told.KEY))
        .hasMessageContaining("does not exist; make it");
  }

  @Test
  void a_snapshot_that_cannot_be_written_to_its_end_leaves_the_one_before() throws IOException {
    try (SnapshotFile file = SnapshotFile.lock(path, Told.KEY)) {
      file.write(Snapshot.of(Told.NOON, new Keyring(), List.of(ONE)));
      byte[] before = Files.readAllBytes(path);
      Iterable<Judged> breaking =
          () -> {
            throw new IllegalStateException("the disk is gone");
          };
      assertThatThrownBy(() -> file.write(new Snapshot(Told.NOON, List.of(), breaking)))
          .isInstanceOf(IllegalStateException.class);
      assertThat(Files.readAllBytes(path)).isEqualTo(before);
      file.write(Snapshot.of(Told.NOON, new Keyring(), List.of(ONE, ONE)));
      assertThat(Told.of(path).others()).hasSize(2);
      assertThat(path.resolveSibling("ledger.gz.new")).doesNotExist();
    }
  }

  @Test
  void what_lay_there_without_this_nodes_seal_is_kept_aside() throws IOException {
    Files.writeString(path, "somebody's diary");
    try (SnapshotFile file = SnapshotFile.lock(path, Told.KEY)) {
      file.open(1).orElseThrow().close();
      file.write(Snapshot.of(Told.NOON, new Keyring(), List.of(ONE)));
      file.write(Snapshot.of(Told.NOON, new Keyring(), List.of(ONE)));
    }
    assertThat(Told.of(path).sealed()).isTrue();
    assertThat(path.resolveSibling("ledger.gz.unsealed")).hasContent("somebody's diary");
  }
}
