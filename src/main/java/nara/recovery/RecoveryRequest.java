package nara.recovery;

import nara.bus.BusMessage;
import nara.bus.Request;
import nara.recovery.report.Report;

/**
 * What the coordinator verticle is asked.
 *
 * @param <R> the type of the answer
 */
public sealed interface RecoveryRequest<R extends BusMessage> extends Request<R> {
  /** Where the coordinator is asked. */
  String ADDRESS = "nara.recovery";

  /** How far it is. */
  record GetRecoveryReport() implements RecoveryRequest<CurrentReport> {}

  /**
   * The answer to {@link GetRecoveryReport}.
   *
   * @param stage the stage that is under way, or done
   * @param finished whether the report is the last one
   */
  record CurrentReport(String stage, boolean finished, Report report) implements BusMessage {}
}
