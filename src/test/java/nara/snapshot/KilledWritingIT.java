package nara.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest.Judged;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process killed in the middle of writing: SIGKILL, nothing is tidied up. */
class KilledWritingIT {
  private static final Judged ONE = Told.judged(Told.unsigned(1, "a", "b"), Verdict.UNSIGNED);

  @TempDir private Path folder;

  @Test
  void the_snapshot_before_stays_whole_and_the_place_is_free_again() throws Exception {
    Path path = folder.resolve("ledger.gz");
    try (SnapshotFile file = SnapshotFile.lock(path, Told.KEY)) {
      file.write(Snapshot.of(Told.NOON, new Keyring(), List.of(ONE)));
    }
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                EndlessWriting.class.getName(),
                path.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readLine()).isEqualTo("writing");
      assertThatThrownBy(() -> SnapshotFile.lock(path, Told.KEY))
          .hasMessageContaining("another node uses");
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

    assertThat(Files.size(folder.resolve("ledger.gz.new"))).isPositive();
    assertThat(Told.of(path).sealed()).isTrue();
    assertThat(Told.of(path).others()).hasSize(1);
    try (SnapshotFile file = SnapshotFile.lock(path, Told.KEY)) {
      file.write(Snapshot.of(Told.NOON, new Keyring(), List.of(ONE, ONE)));
    }
    assertThat(Told.of(path).others()).hasSize(2);
    assertThat(folder.resolve("ledger.gz.new")).doesNotExist();
  }
}
