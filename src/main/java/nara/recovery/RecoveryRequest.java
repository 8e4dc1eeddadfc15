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
   * @param stage the current stage, {@code done} or {@code waiting for neighbours}
   * @param finished whether the report is final
   * @param notReadyReason why the node is not ready, in a sentence; empty when it is
   */
  record CurrentReport(String stage, boolean finished, Report report, String notReadyReason)
      implements BusMessage {}
}
