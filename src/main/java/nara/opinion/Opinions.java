package nara.opinion;

import java.util.Map;
import java.util.Optional;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.opinion.OpinionRequest.AllOpinions;
import nara.opinion.OpinionRequest.SubjectOpinion;

/**
 * What this node thinks of the others, and when it may: nothing before the recovery is done, then a
 * number of passes over the ledger, since events still trickle in. Immutable: each thing that
 * happens gives the next state.
 *
 * @param plannedPasses how many passes there are to be
 * @param started whether the recovery is done
 * @param passes how many passes there were
 * @param atSeconds when the last one looked, Unix seconds; 0 before the first
 * @param bySubject what came out of the last one
 */
record Opinions(
    int plannedPasses,
    boolean started,
    int passes,
    long atSeconds,
    Map<String, SubjectSummary> bySubject) {

  /** Before the recovery is done. */
  static Opinions notStarted(int plannedPasses) {
    return new Opinions(plannedPasses, false, 0, 0, Map.of());
  }

  /** The recovery is done; a second such news changes nothing. */
  Opinions start() {
    return new Opinions(plannedPasses, true, passes, atSeconds, bySubject);
  }

  /** What a pass found. What came before the recovery was done is not looked at. */
  Opinions formed(Map<String, SubjectSummary> found, long at) {
    return started ? new Opinions(plannedPasses, true, passes + 1, at, Map.copyOf(found)) : this;
  }

  /** A pass without an answer: it counts, and what was thought before stays. */
  Opinions failed() {
    return started ? new Opinions(plannedPasses, true, passes + 1, atSeconds, bySubject) : this;
  }

  /** Whether another pass is due after a pause. */
  boolean hasMorePasses() {
    return started && passes < plannedPasses;
  }

  /** Whether there is anything to tell. */
  boolean formed() {
    return atSeconds != 0;
  }

  AllOpinions allOpinions() {
    return new AllOpinions(formed(), passes, atSeconds, bySubject);
  }

  SubjectOpinion opinionOf(String subject) {
    return new SubjectOpinion(formed(), Optional.ofNullable(bySubject.get(subject)));
  }
}
