package nara.recovery;

import nara.bus.BusMessage;

/** What the coordinator tells at {@link #ADDRESS} while a recovery goes on. */
public sealed interface RecoveryNews extends BusMessage {
  /** Where the coordinator tells. */
  String ADDRESS = "nara.recovery.news";

  /** Something moved; the report so far. */
  record Progress(String stage, int requestsDone, int requestsPlanned, Report soFar)
      implements RecoveryNews {}

  /** The recovery is over: told exactly once, and opinions may form. */
  record Finished(Report report) implements RecoveryNews {}
}
