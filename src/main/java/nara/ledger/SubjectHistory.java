package nara.ledger;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nara.bounds.Saturated;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Seen;
import nara.event.Social;
import nara.ledger.LedgerRequest.Opinion;
import nara.ledger.LedgerRequest.SubjectSummary;

/**
 * The history that observations and checkpoints of one subject give together, by the wire
 * contract's rules. Events of each kind are added in ascending time.
 */
final class SubjectHistory {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final List<Long> startTimes = new ArrayList<>();
  private final List<Long> restartNumbers = new ArrayList<>();
  private final Set<String> restartObservers = new HashSet<>();
  private final Set<Long> restartTimes = new HashSet<>();
  private final List<Event> statusChanges = new ArrayList<>();
  private long maxRestarts;
  private long lastRestart;
  private long firstSeen;
  private Observation backfill;
  private Checkpoint latestCheckpoint;
  private String latestCheckpointId = "";

  void add(Event event) {
    switch (event.payload()) {
      case Observation o -> addObservation(event, o);
      case Checkpoint c -> addCheckpoint(event, c);
      case Social social -> {}
      case Ping ping -> {}
      case HeyThere there -> {}
      case Chau chau -> {}
      case Seen seen -> {}
    }
  }

  private void addObservation(Event event, Observation o) {
    updateFirstSeen(o.startTime());
    if (o.startTime() > 0) {
      startTimes.add(o.startTime());
    }
    maxRestarts = Math.max(maxRestarts, o.restartNum());
    lastRestart = Math.max(lastRestart, o.lastRestart());
    if (o.isBackfill() && backfill == null) {
      backfill = o;
    }
    switch (o.type()) {
      case Observation.RESTART -> {
        if (o.restartNum() > 0) {
          restartNumbers.add(o.restartNum());
          restartObservers.add(o.observer());
        }
        if (!o.isBackfill()) {
          restartTimes.add(o.startTime());
        }
      }
      case Observation.STATUS_CHANGE -> statusChanges.add(event);
      default -> {}
    }
  }

  /** Keeps the checkpoint with the latest as-of time; of equal ones the later event. */
  private void addCheckpoint(Event event, Checkpoint c) {
    updateFirstSeen(c.agreedValues().startTime());
    if (latestCheckpoint == null || c.asOfTime() >= latestCheckpoint.asOfTime()) {
      latestCheckpoint = c;
      latestCheckpointId = event.id().toString();
    }
  }

  private void updateFirstSeen(long startTime) {
    if (startTime > 0 && (firstSeen == 0 || startTime < firstSeen)) {
      firstSeen = startTime;
    }
  }

  SubjectSummary summary(String subject, String status, long atSeconds) {
    return new SubjectSummary(
        subject, restarts(), uptime(atSeconds), firstSeen, latestCheckpointId, status, opinion());
  }

  private long restarts() {
    if (latestCheckpoint != null) {
      return Saturated.add(
          latestCheckpoint.agreedValues().restarts(),
          restartTimes.stream().filter(start -> start > latestCheckpoint.asOfTime()).count());
    }
    if (backfill != null) {
      return Saturated.add(
          backfill.restartNum(),
          restartTimes.stream().filter(start -> start != backfill.startTime()).count());
    }
    return restartTimes.size();
  }

  private long uptime(long atSeconds) {
    long total = latestCheckpoint == null ? 0 : latestCheckpoint.agreedValues().totalUptime();
    boolean online = latestCheckpoint == null && backfill != null;
    long since = online ? backfill.startTime() : 0;
    for (Event change : statusChanges) {
      long at = Math.floorDiv(change.ts(), NANOS_PER_SECOND);
      boolean counts = latestCheckpoint == null || at > latestCheckpoint.asOfTime();
      if (counts && change.payload() instanceof Observation o) {
        boolean nowOnline = o.onlineState().equals(SubjectProjection.ONLINE);
        if (nowOnline && !online) {
          since = at;
        } else if (!nowOnline && online) {
          total = Saturated.add(total, Saturated.subtract(at, since));
        }
        online = nowOnline;
      }
    }
    return online ? Saturated.add(total, Saturated.subtract(atSeconds, since)) : total;
  }

  private Opinion opinion() {
    long agreed = restartObservers.size() > 1 ? trimmedMean(restartNumbers) : 0;
    return new Opinion(trimmedMean(startTimes), agreed == 0 ? maxRestarts : agreed, lastRestart);
  }

  private static long trimmedMean(List<Long> values) {
    return TrimmedMean.ofPositive(values.stream().mapToLong(Long::longValue).toArray());
  }
}
