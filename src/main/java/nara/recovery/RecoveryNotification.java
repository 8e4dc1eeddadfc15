package nara.recovery;

import nara.bus.BusMessage;
import nara.recovery.report.Report;

/** What the coordinator tells at {@link #ADDRESS} while a recovery goes on. */
public sealed interface RecoveryNotification extends BusMessage {
  /** Where the coordinator tells. */
  String ADDRESS = "nara.recovery.notifications";

  /** Something moved; the report so far. */
  record RecoveryProgressed(String stage, int callsCompleted, int callsPlanned, Report report)
      implements RecoveryNotification {}

  /** The recovery is over: told exactly once, and opinions may form. */
  record RecoveryFinished(Report report) implements RecoveryNotification {}
}
