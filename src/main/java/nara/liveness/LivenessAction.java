package nara.liveness;

import java.time.Instant;

/** What looking around leads to. */
sealed interface LivenessAction {
  String name();

  /** Somebody is silent: see by a ping whether it is there all the same. */
  record PingSilent(String name, String address) implements LivenessAction {}

  /**
   * Somebody is silent in the ledger but was heard: say that it was seen, and when, so that nobody
   * takes it for there any longer than who heard it.
   */
  record ReportSeen(String name, Instant heardAt) implements LivenessAction {}

  /** Somebody is there of whom the ledger may not know when it began. */
  record ReportFirstSeen(String name) implements LivenessAction {}

  /** Somebody went ONLINE, OFFLINE or MISSING, and nobody has said so since. */
  record ReportStatusChange(String name, String state) implements LivenessAction {}

  /**
   * Somebody was gone and announced itself again.
   *
   * @param seconds when it did, Unix seconds
   */
  record ReportRestart(String name, long seconds) implements LivenessAction {}

  /** Somebody is missing: no neighbour to speak to until it is heard again. */
  record MarkMissing(String name) implements LivenessAction {}
}
