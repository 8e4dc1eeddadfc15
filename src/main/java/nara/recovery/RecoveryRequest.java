package nara.recovery;

import nara.bus.BusMessage;
import nara.bus.Request;

/**
 * What the coordinator verticle is asked.
 *
 * @param <R> the type of the answer
 */
public sealed interface RecoveryRequest<R extends BusMessage> extends Request<R> {
  /** Where the coordinator is asked. */
  String ADDRESS = "nara.recovery";

  /** How far it is. */
  record ReportSoFar() implements RecoveryRequest<CurrentReport> {}

  /**
   * The answer to {@link ReportSoFar}.
   *
   * @param stage the stage that is under way, or done
   * @param finished whether the report is the last one
   */
  record CurrentReport(String stage, boolean finished, Report report) implements BusMessage {}
}
