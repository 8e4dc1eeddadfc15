package nara.recovery;

import java.util.OptionalLong;
import nara.bus.BusMessage;
import nara.recovery.report.Report;

/** Announcements of the coordinator verticle at {@link #ADDRESS}. */
public sealed interface RecoveryNotification extends BusMessage {
  String ADDRESS = "nara.recovery.notifications";

  /**
   * A call ended or a stage began.
   *
   * @param remainingEvents that are still to come in this stage, at least, by the neighbours'
   *     ledgers; empty while this is unknown
   */
  record RecoveryProgressed(
      String stage,
      int callsCompleted,
      int callsPlanned,
      OptionalLong remainingEvents,
      Report report)
      implements RecoveryNotification {
    /** A stage with an unknown number of events. */
    public RecoveryProgressed(String stage, int callsCompleted, int callsPlanned, Report report) {
      this(stage, callsCompleted, callsPlanned, OptionalLong.empty(), report);
    }
  }

  /**
   * The recovery is over, and opinions may form. Published exactly once for each recovery, after
   * all of its passes. A recovery that found nobody is followed by another one as soon as a
   * neighbour appears; the report has its number.
   */
  record RecoveryFinished(Report report) implements RecoveryNotification {}
}
