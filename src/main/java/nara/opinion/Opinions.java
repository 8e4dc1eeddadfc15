package nara.opinion;

import java.util.Map;
import nara.bus.BusMessage;
import nara.ledger.LedgerRequest.Opinion;
import nara.ledger.LedgerRequest.SubjectSummary;

/**
 * This node's opinions of the others. None forms before the recovery has finished. Then several
 * passes read the ledger, because events still arrive. Immutable: each step returns the next state.
 *
 * @param started whether the recovery has finished
 * @param passes how many passes have ended
 * @param atSeconds when the last successful pass began, Unix seconds; 0 before the first
 * @param bySubject status, opinion and history of each subject; empty until opinions have formed
 * @param hearsay opinions from a configured list, by name; nothing is written or proven by them
 */
public record Opinions(
    int plannedPasses,
    boolean started,
    int passes,
    long atSeconds,
    Map<String, SubjectSummary> bySubject,
    Map<String, Opinion> hearsay)
    implements BusMessage {

  static Opinions notStarted(int plannedPasses) {
    return new Opinions(plannedPasses, false, 0, 0, Map.of(), Map.of());
  }

  /** A recovery has finished: all passes are ahead. The opinions stay until the next pass. */
  Opinions start() {
    return new Opinions(plannedPasses, true, 0, atSeconds, bySubject, hearsay);
  }

  /** A pass succeeded. Changes nothing before the start. */
  Opinions withResult(Map<String, SubjectSummary> found, long at) {
    return started
        ? new Opinions(plannedPasses, true, passes + 1, at, Map.copyOf(found), hearsay)
        : this;
  }

  /** A pass failed: it counts, and the opinions stay. */
  Opinions withFailure() {
    return started
        ? new Opinions(plannedPasses, true, passes + 1, atSeconds, bySubject, hearsay)
        : this;
  }

  Opinions withHearsay(Map<String, Opinion> heard) {
    return new Opinions(plannedPasses, started, passes, atSeconds, bySubject, Map.copyOf(heard));
  }

  /** The opinion of a nara: from events, else by hearsay, else all 0. */
  public Opinion of(String name) {
    SubjectSummary summary = bySubject.get(name);
    Opinion unknown = new Opinion(0, 0, 0);
    return summary != null && !summary.opinion().equals(unknown)
        ? summary.opinion()
        : hearsay.getOrDefault(name, unknown);
  }

  boolean hasMorePasses() {
    return started && passes < plannedPasses;
  }

  /** Whether a pass has succeeded. */
  public boolean formed() {
    return atSeconds != 0;
  }
}
