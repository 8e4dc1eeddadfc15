package nara.snapshot;

import java.nio.file.Path;
import java.time.Duration;
import nara.snapshot.SnapshotRequest.Restored;
import nara.trust.TrustRequest.Offered;

/** What became of a snapshot so far, and the sentence about it. */
record Account(boolean found, boolean sealed, int keys, Offered offered, String trouble) {
  static Account nothing() {
    return new Account(false, false, 0, Offered.NOTHING, "");
  }

  static Account of(boolean sealed) {
    return new Account(true, sealed, 0, Offered.NOTHING, "");
  }

  Account withKeys(int more) {
    return new Account(found, sealed, keys + more, offered, trouble);
  }

  Account with(Offered more) {
    return new Account(found, sealed, keys, offered.plus(more), trouble);
  }

  /** What had waited for keys was judged again; it was received before. */
  Account judgedAgain(Offered again) {
    Offered o = offered;
    return new Account(
        found,
        sealed,
        keys,
        new Offered(
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

  Account ended(String why) {
    return new Account(found, sealed, keys, offered, why);
  }

  Restored restored(Path file, Duration took) {
    return new Restored(
        found,
        sealed,
        trouble.isEmpty(),
        offered.received(),
        offered.added(),
        keys,
        sentence(file),
        took.toMillis());
  }

  private String sentence(Path file) {
    if (!found) {
      return "there is no snapshot " + file + " yet";
    }
    String events = "%,d events read, %,d kept".formatted(offered.received(), offered.added());
    if (sealed) {
      return "snapshot %s: its seal is this node's; %s, nothing valid verified again"
          .formatted(file, events);
    }
    return "snapshot %s: its seal is missing, broken or another node's; %s, all of them judged anew%s"
        .formatted(file, events, trouble.isEmpty() ? "" : "; " + trouble);
  }
}
