package nara.snapshot;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import nara.event.Verdict;
import nara.ledger.LedgerRequest.JudgedEvent;

/** A process that writes an endless snapshot. It prints "writing" after 100,000 events. */
final class EndlessSnapshotWriter {
  private EndlessSnapshotWriter() {}

  public static void main(String[] args) throws IOException {
    JudgedEvent one =
        SnapshotContents.judged(SnapshotContents.unsigned(1, "a", "b"), Verdict.UNSIGNED);
    try (SnapshotFile file = SnapshotFile.lock(Path.of(args[0]), SnapshotContents.KEY)) {
      file.write(
          new Snapshot(
              SnapshotContents.NOON,
              List.of(),
              () ->
                  new Iterator<>() {
                    private int count;

                    @Override
                    public boolean hasNext() {
                      return true;
                    }

                    @Override
                    public JudgedEvent next() {
                      if (++count == 100_000) {
                        System.out.println("writing");
                        awaitDeath();
                      }
                      return one;
                    }
                  }));
    }
  }

  private static void awaitDeath() {
    try {
      Thread.currentThread().join();
    } catch (InterruptedException early) {
      throw new IllegalStateException(early);
    }
  }
}
