package nara.recovery;

import java.util.List;
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
   * @param awaited the peers that the stage waits for now, by name; at most {@link #MAX_AWAITED}
   */
  record CurrentReport(
      String stage,
      boolean finished,
      Report report,
      String notReadyReason,
      List<AwaitedPeer> awaited)
      implements BusMessage {
    /** The same while nobody is waited for. */
    public CurrentReport(String stage, boolean finished, Report report, String notReadyReason) {
      this(stage, finished, report, notReadyReason, List.of());
    }
  }

  /** An operator reads them. */
  int MAX_AWAITED = 50;

  /**
   * A peer that a recovery waits for.
   *
   * @param requests in flight to it
   * @param lost whether it stopped answering, and may come back
   */
  record AwaitedPeer(String name, int requests, boolean lost) {}

  /** Starts a recovery now, unless one is running. */
  record StartRecovery() implements RecoveryRequest<RecoveryStarted> {}

  /**
   * The reply to {@link StartRecovery}.
   *
   * @param recovery the number of the recovery that runs now
   * @param started whether this request started it
   */
  record RecoveryStarted(int recovery, boolean started) implements BusMessage {}
}
