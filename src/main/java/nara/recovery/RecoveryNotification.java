package nara.recovery;

import nara.bus.BusMessage;
import nara.recovery.report.Report;

/** Announcements of the coordinator verticle at {@link #ADDRESS}. */
public sealed interface RecoveryNotification extends BusMessage {
  String ADDRESS = "nara.recovery.notifications";

  /** A call ended or a stage began. */
  record RecoveryProgressed(String stage, int callsCompleted, int callsPlanned, Report report)
      implements RecoveryNotification {}

  /**
   * The recovery is over, and opinions may form. Published exactly once for each recovery, after
   * all of its passes. A recovery that found nobody is followed by another one as soon as a
   * neighbour appears; the report has its number.
   */
  record RecoveryFinished(Report report) implements RecoveryNotification {}
}
