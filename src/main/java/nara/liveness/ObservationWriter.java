package nara.liveness;

import nara.event.Observation;
import nara.identity.Identity;
import nara.ledger.LedgerRequest.SubjectSummary;

/** What this node observes of others, as observations are written. Pure. */
final class ObservationWriter {
  /** Restarts and first sightings must not get lost; the rest is ordinary. */
  private static final int CRITICAL = 3;

  private static final int NORMAL = 2;

  private final Identity me;

  ObservationWriter(Identity me) {
    this.me = me;
  }

  /** Somebody went ONLINE, OFFLINE or MISSING. */
  Observation statusChange(String name, String id, String state) {
    return observation(name, id, Observation.STATUS_CHANGE, NORMAL, false, 0, 0, 0, state);
  }

  /** Somebody was seen for the first time, Unix seconds. */
  Observation firstSeen(String name, String id, long seconds) {
    return observation(name, id, Observation.FIRST_SEEN, CRITICAL, false, seconds, 0, 0, "");
  }

  /**
   * Somebody came back. It is one restart more than anybody knows of, and its start time is that of
   * its first start, as the reference has it: so all who see it say the same, and the mean of start
   * times does not wander with each restart.
   *
   * @param known what is known of it
   * @param seconds when it came back, Unix seconds; its start time too when none is known
   */
  Observation restart(SubjectSummary known, String id, long seconds) {
    long restarts = Math.max(known.restarts(), known.opinion().restarts()) + 1;
    long start = startTime(known);
    return observation(
        known.subject(),
        id,
        Observation.RESTART,
        CRITICAL,
        false,
        start > 0 ? start : seconds,
        restarts,
        seconds,
        "");
  }

  /** What is thought of somebody, for those who only know what is on record. */
  Observation backfill(SubjectSummary known, String id) {
    return observation(
        known.subject(),
        id,
        Observation.RESTART,
        CRITICAL,
        true,
        startTime(known),
        Math.max(known.restarts(), known.opinion().restarts()),
        known.opinion().lastRestart(),
        "");
  }

  /** When somebody first started as far as is known, Unix seconds, 0 when it is not. */
  static long startTime(SubjectSummary known) {
    return known.opinion().startTime() > 0 ? known.opinion().startTime() : known.firstSeenSeconds();
  }

  private Observation observation(
      String name,
      String id,
      String type,
      int importance,
      boolean backfill,
      long start,
      long restarts,
      long lastRestart,
      String state) {
    return new Observation(
        me.name(),
        me.id(),
        name,
        id,
        type,
        importance,
        backfill,
        start,
        restarts,
        lastRestart,
        state,
        "",
        0);
  }
}
