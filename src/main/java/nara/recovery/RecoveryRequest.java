package nara.recovery;

import nara.bus.BusMessage;
import nara.bus.Request;
import nara.recovery.report.Report;

/**
 * Requests to the coordinator verticle.
 *
 * @param <R> the type of the reply
 */
public sealed interface RecoveryRequest<R extends BusMessage> extends Request<R> {
  String ADDRESS = "nara.recovery";

  record GetRecoveryReport() implements RecoveryRequest<CurrentReport> {}

  /**
   * The reply to {@link GetRecoveryReport}.
   *
   * @param stage the current stage, or {@code done}
   * @param finished whether the report is final
   */
  record CurrentReport(String stage, boolean finished, Report report) implements BusMessage {}
}
