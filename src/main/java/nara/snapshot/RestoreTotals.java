package nara.snapshot;

import java.nio.file.Path;
import java.time.Duration;
import nara.snapshot.SnapshotRequest.SnapshotRestored;
import nara.trust.TrustRequest.OfferResult;

/** What became of a snapshot so far, and the sentence about it. */
record RestoreTotals(
    boolean found, boolean sealed, int keysLearned, OfferResult offerResult, String trouble) {
  static RestoreTotals notFound() {
    return new RestoreTotals(false, false, 0, OfferResult.NONE, "");
  }

  static RestoreTotals of(boolean sealed) {
    return new RestoreTotals(true, sealed, 0, OfferResult.NONE, "");
  }

  RestoreTotals withKeys(int more) {
    return new RestoreTotals(found, sealed, keysLearned + more, offerResult, trouble);
  }

  RestoreTotals withOffered(OfferResult more) {
    return new RestoreTotals(found, sealed, keysLearned, offerResult.plus(more), trouble);
  }

  /** What had waited for keys was judged again; it was received before. */
  RestoreTotals withRejudged(OfferResult again) {
    OfferResult o = offerResult;
    return new RestoreTotals(
        found,
        sealed,
        keysLearned,
        new OfferResult(
            o.received(),
            o.added() + again.added(),
            o.duplicate() + again.duplicate(),
            o.dropped() + again.dropped(),
            o.pruned() + again.pruned(),
            again.quarantined(),
            o.rejected() + again.rejected(),
            o.verdicts(),
            again.unknownEmitters()),
        trouble);
  }

  RestoreTotals withTrouble(String reason) {
    return new RestoreTotals(found, sealed, keysLearned, offerResult, reason);
  }

  SnapshotRestored toResult(Path file, Duration duration) {
    return new SnapshotRestored(
        found,
        sealed,
        trouble.isEmpty(),
        offerResult.received(),
        offerResult.added(),
        keysLearned,
        sentence(file),
        duration.toMillis());
  }

  private String sentence(Path file) {
    if (!found) {
      return "there is no snapshot " + file + " yet";
    }
    String events =
        "%,d events read, %,d kept".formatted(offerResult.received(), offerResult.added());
    if (sealed) {
      return "snapshot %s: its seal is this node's; %s, nothing valid verified again"
          .formatted(file, events);
    }
    return "snapshot %s: its seal is missing, broken or another node's; %s, all of them judged anew%s"
        .formatted(file, events, trouble.isEmpty() ? "" : "; " + trouble);
  }
}
