package nara.snapshot;

import nara.bus.BusMessage;
import nara.bus.Request;

/**
 * What the snapshot verticle is asked.
 *
 * @param <R> the type of the answer
 */
public sealed interface SnapshotRequest<R extends BusMessage> extends Request<R> {
  /** Where the snapshot verticle is asked. */
  String ADDRESS = "nara.snapshot";

  /**
   * Brings keys and events of the snapshot back. Asked once, when ledger and judge are there; until
   * then nothing is written, so that a start that fails costs no memory.
   */
  record RestoreSnapshot() implements SnapshotRequest<RestoreResult> {}

  /** The answer to {@link RestoreSnapshot}. */
  sealed interface RestoreResult extends BusMessage {}

  /** The file is there but cannot be used, nor may it be replaced; the sentence says why. */
  record SnapshotUnusable(String sentence) implements RestoreResult {}

  /**
   * What came of it.
   *
   * @param found whether there was a snapshot
   * @param sealed whether it was believed, so that nothing valid was verified again
   * @param complete whether all of it could be read
   * @param eventsRead how many were read
   * @param eventsAdded how many of them the ledger took in
   * @param keysLearned how many keys were learned under the seal
   * @param sentence all that for people
   * @param durationMillis how long it took
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
