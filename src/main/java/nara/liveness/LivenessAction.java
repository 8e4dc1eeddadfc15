package nara.liveness;

import java.time.Instant;

/** An action of the node after a presence check. */
sealed interface LivenessAction {
  String name();

  /** Ping a silent neighbour: it may be online all the same. */
  record PingSilent(String name, String address) implements LivenessAction {}

  /**
   * Report that a neighbour was seen that is silent in the ledger. The report has the time at which
   * this node heard it, so that nobody takes it for online any longer than this node does.
   */
  record ReportSeen(String name, Instant heardAt) implements LivenessAction {}

  /** Report an online neighbour whose first start the ledger may not know. */
  record ReportFirstSeen(String name) implements LivenessAction {}

  /** Report that a neighbour is now ONLINE, OFFLINE or MISSING. */
  record ReportStatusChange(String name, String status) implements LivenessAction {}

  /**
   * Report a restart.
   *
   * @param seconds when the neighbour announced itself again, Unix seconds
   */
  record ReportRestart(String name, long seconds) implements LivenessAction {}

  /** Tell the other parts of this node that a neighbour is missing. */
  record MarkMissing(String name) implements LivenessAction {}
}
