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
  record Restore() implements SnapshotRequest<Restoration> {}

  /** The answer to {@link Restore}. */
  sealed interface Restoration extends BusMessage {}

  /** The file is there but cannot be used, nor may it be replaced; the sentence says why. */
  record Unusable(String sentence) implements Restoration {}

  /**
   * What came of it.
   *
   * @param found whether there was a snapshot
   * @param sealed whether it was believed, so that nothing valid was verified again
   * @param whole whether all of it could be read
   * @param events how many were read
   * @param kept how many of them the ledger took in
   * @param keys how many keys were learned under the seal
   * @param sentence all that for people
   * @param millis how long it took
   */
  record Restored(
      boolean found,
      boolean sealed,
      boolean whole,
      int events,
      int kept,
      int keys,
      String sentence,
      long millis)
      implements Restoration {}
}
