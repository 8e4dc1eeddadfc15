package nara.snapshot;

import java.nio.file.Path;
import java.time.Duration;
import nara.snapshot.SnapshotRequest.SnapshotRestored;
import nara.trust.TrustRequest.OfferResult;

/** The totals of a restore so far. Mutable. */
final class RestoreTotals {
  private final boolean found;
  private final boolean sealed;
  int keysLearned;
  private int eventsRead;
  int eventsAdded;
  int quarantined;

  /** A clause that says what could not be read, or empty. */
  String problem = "";

  RestoreTotals(boolean found, boolean sealed) {
    this.found = found;
    this.sealed = sealed;
  }

  void add(OfferResult offered) {
    eventsRead += offered.received();
    eventsAdded += offered.added();
    quarantined += offered.quarantined();
  }

  SnapshotRestored toResult(Path file, Duration duration) {
    boolean complete = problem.isEmpty();
    String text = sentence(file);
    return new SnapshotRestored(
        found, sealed, complete, eventsRead, eventsAdded, keysLearned, text, duration.toMillis());
  }

  private String sentence(Path file) {
    if (!found) {
      return "No snapshot exists yet: file=" + file;
    }
    String what =
        sealed
            ? "Restored the snapshot without verifying its valid events again"
            : "Verified all events of the snapshot again, because this node's seal is missing or"
                + " broken";
    return "%s%s: file=%s read=%d added=%d"
        .formatted(what, problem.isEmpty() ? "" : "; " + problem, file, eventsRead, eventsAdded);
  }
}
