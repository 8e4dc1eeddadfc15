package nara.opinion;

import java.util.Map;
import java.util.Optional;
import nara.ledger.LedgerRequest.Derived;
import nara.opinion.OpinionRequest.Everybody;
import nara.opinion.OpinionRequest.Somebody;

/**
 * What this node thinks of the others, and when it may: nothing before the recovery is done, then a
 * number of passes over the ledger, since events still trickle in. Immutable: each thing that
 * happens gives the next state.
 *
 * @param planned how many passes there are to be
 * @param begun whether the recovery is done
 * @param passes how many passes there were
 * @param atSeconds when the last one looked, Unix seconds; 0 before the first
 * @param bySubject what came out of the last one
 */
record Opinions(
    int planned, boolean begun, int passes, long atSeconds, Map<String, Derived> bySubject) {

  /** Before the recovery is done. */
  static Opinions none(int planned) {
    return new Opinions(planned, false, 0, 0, Map.of());
  }

  /** The recovery is done; a second such news changes nothing. */
  Opinions begin() {
    return new Opinions(planned, true, passes, atSeconds, bySubject);
  }

  /** What a pass found. What came before the recovery was done is not looked at. */
  Opinions formed(Map<String, Derived> found, long at) {
    return begun ? new Opinions(planned, true, passes + 1, at, Map.copyOf(found)) : this;
  }

  /** A pass without an answer: it counts, and what was thought before stays. */
  Opinions failed() {
    return begun ? new Opinions(planned, true, passes + 1, atSeconds, bySubject) : this;
  }

  /** Whether another pass is due after a pause. */
  boolean more() {
    return begun && passes < planned;
  }

  /** Whether there is anything to tell. */
  boolean formed() {
    return atSeconds != 0;
  }

  Everybody everybody() {
    return new Everybody(formed(), passes, atSeconds, bySubject);
  }

  Somebody of(String subject) {
    return new Somebody(formed(), Optional.ofNullable(bySubject.get(subject)));
  }
}
