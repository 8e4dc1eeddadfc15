package nara.opinion;

import java.util.Map;
import nara.bus.BusMessage;
import nara.ledger.LedgerRequest.SubjectSummary;

/**
 * This node's opinions of the others. None forms before the recovery has finished. Then several
 * passes read the ledger, because events still arrive. Immutable: each step returns the next state.
 *
 * @param started whether the recovery has finished
 * @param passes how many passes have ended
 * @param atSeconds when the last successful pass began, Unix seconds; 0 before the first
 * @param bySubject status, opinion and history of each subject; empty until opinions have formed
 */
public record Opinions(
    int plannedPasses,
    boolean started,
    int passes,
    long atSeconds,
    Map<String, SubjectSummary> bySubject)
    implements BusMessage {

  static Opinions notStarted(int plannedPasses) {
    return new Opinions(plannedPasses, false, 0, 0, Map.of());
  }

  /** A recovery has finished: all passes are ahead. The opinions stay until the next pass. */
  Opinions start() {
    return new Opinions(plannedPasses, true, 0, atSeconds, bySubject);
  }

  /** A pass succeeded. Changes nothing before the start. */
  Opinions withResult(Map<String, SubjectSummary> found, long at) {
    return started ? new Opinions(plannedPasses, true, passes + 1, at, Map.copyOf(found)) : this;
  }

  /** A pass failed: it counts, and the opinions stay. */
  Opinions withFailure() {
    return started ? new Opinions(plannedPasses, true, passes + 1, atSeconds, bySubject) : this;
  }

  boolean hasMorePasses() {
    return started && passes < plannedPasses;
  }

  /** Whether a pass has succeeded. */
  public boolean formed() {
    return atSeconds != 0;
  }
}
