package nara.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest.JudgedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A SIGKILL in the middle of a write. */
class KilledSnapshotWriteIT {
  private static final JudgedEvent ONE =
      SnapshotContents.judged(SnapshotContents.unsigned(1, "a", "b"), Verdict.UNSIGNED);

  @TempDir private Path folder;

  @Test
  void previous_snapshot_survives_a_killed_write() throws Exception {
    Path path = folder.resolve("ledger.gz");
    try (SnapshotFile file = SnapshotFile.lock(path, SnapshotContents.KEY)) {
      file.write(Snapshot.of(SnapshotContents.NOON, new Keyring(), List.of(ONE)));
    }
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                EndlessSnapshotWriter.class.getName(),
                path.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readLine()).isEqualTo("writing");
      assertThatThrownBy(() -> SnapshotFile.lock(path, SnapshotContents.KEY))
          .hasMessageContaining("another node uses");
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

    assertThat(folder).isDirectoryContaining("glob:**/ledger.gz.*.new");
    assertThat(SnapshotContents.of(path).sealed()).isTrue();
    assertThat(SnapshotContents.of(path).others()).hasSize(1);
    try (SnapshotFile file = SnapshotFile.lock(path, SnapshotContents.KEY)) {
      file.write(Snapshot.of(SnapshotContents.NOON, new Keyring(), List.of(ONE, ONE)));
    }
    assertThat(SnapshotContents.of(path).others()).hasSize(2);
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }
}
