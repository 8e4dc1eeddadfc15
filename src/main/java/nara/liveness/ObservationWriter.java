package nara.liveness;

import nara.bounds.Saturated;
import nara.event.Observation;
import nara.identity.Identity;
import nara.ledger.LedgerRequest.SubjectSummary;

/** Creates this node's observations of other naras. Pure. */
final class ObservationWriter {
  // Ledgers prune restarts and first sightings last.
  private static final int CRITICAL = 3;
  private static final int NORMAL = 2;

  private final String me;
  private final String myId;

  ObservationWriter(Identity me) {
    this.me = me.name();
    this.myId = me.id();
  }

  Observation statusChange(String name, String id, String status) {
    return new Observation(
        me, myId, name, id, Observation.STATUS_CHANGE, NORMAL, false, 0, 0, 0, status, "", 0);
  }

  Observation firstSeen(String name, String id, long seconds) {
    return new Observation(
        me, myId, name, id, Observation.FIRST_SEEN, CRITICAL, false, seconds, 0, 0, "", "", 0);
  }

  /**
   * A restart. Its number is one more than anybody has reported. Its start time is that of the
   * first start, as in the reference: so all observers report the same, and the mean of the start
   * times does not move with each restart.
   *
   * @param seconds when the subject came back, Unix seconds; also the start time if none is known
   */
  Observation restart(SubjectSummary summary, String id, long seconds) {
    long start = startTime(summary);
    return restart(
        summary,
        id,
        false,
        start > 0 ? start : seconds,
        Saturated.add(restarts(summary), 1),
        seconds);
  }

  /** This node's opinion about a subject, for naras that only read the ledger. */
  Observation backfill(SubjectSummary summary, String id) {
    return restart(
        summary, id, true, startTime(summary), restarts(summary), summary.opinion().lastRestart());
  }

  /** The first start of a subject, Unix seconds; 0 when it is not known. */
  static long startTime(SubjectSummary summary) {
    return summary.opinion().startTime() > 0
        ? summary.opinion().startTime()
        : summary.firstSeenSeconds();
  }

  private static long restarts(SubjectSummary summary) {
    return Math.max(summary.restarts(), summary.opinion().restarts());
  }

  private Observation restart(
      SubjectSummary summary,
      String id,
      boolean backfill,
      long start,
      long number,
      long lastRestart) {
    String name = summary.subject();
    String type = Observation.RESTART;
    return new Observation(
        me, myId, name, id, type, CRITICAL, backfill, start, number, lastRestart, "", "", 0);
  }
}
