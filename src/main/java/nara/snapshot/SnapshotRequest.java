package nara.snapshot;

import java.time.Instant;
import java.util.Optional;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Request;

/**
 * The requests to the snapshot verticle.
 *
 * @param <R> the type of the reply
 */
public sealed interface SnapshotRequest<R extends BusMessage> extends Request<R> {
  /** The address of the snapshot verticle. */
  String ADDRESS = "nara.snapshot";

  /**
   * Restores keys and events from the snapshot. Sent once, when the ledger and the trust verticle
   * are deployed. No snapshot is written before, so a failed start cannot replace the old one.
   */
  record RestoreSnapshot() implements SnapshotRequest<RestoreResult> {}

  /** Asks how new the snapshot is. */
  record GetSnapshotState() implements SnapshotRequest<SnapshotState> {}

  /**
   * The reply to {@link GetSnapshotState}.
   *
   * @param writtenAt when the snapshot on disk was written; empty without one
   * @param bytes the size of the file
   * @param intervalSeconds between two snapshots
   * @param error why the last write failed; empty when it did not
   */
  record SnapshotState(Optional<Instant> writtenAt, long bytes, long intervalSeconds, String error)
      implements BusMessage {}

  sealed interface RestoreResult extends BusMessage {}

  /**
   * Keeps bytes of another part in the next snapshots, in place of those it kept before. The
   * snapshot is sealed but not encrypted.
   */
  record KeepSection(String name, byte[] bytes) implements SnapshotRequest<Done> {}

  /** Asks for the bytes of another part in the sealed snapshot that was restored. */
  record ReadSection(String name) implements SnapshotRequest<SectionBytes> {}

  /** The bytes of a section; empty when there are none. */
  record SectionBytes(Optional<byte[]> bytes) implements BusMessage {}

  /** The file exists but can neither be used nor replaced; the sentence says why. */
  record SnapshotUnusable(String sentence) implements RestoreResult {}

  /**
   * The result of a restore.
   *
   * @param found whether a snapshot existed
   * @param sealed whether its seal was valid, so that no valid event was verified again
   * @param complete whether all of it could be read
   * @param keysLearned from a sealed snapshot
   * @param sentence the same for a reader
   */
  record SnapshotRestored(
      boolean found,
      boolean sealed,
      boolean complete,
      int eventsRead,
      int eventsAdded,
      int keysLearned,
      String sentence,
      long durationMillis)
      implements RestoreResult {}
}
