package nara.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Payload;
import nara.event.Ping;
import nara.event.Seen;
import nara.event.Service;
import nara.event.Social;
import nara.ledger.LedgerRequest.Opinion;
import nara.ledger.LedgerRequest.Sighting;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.ledger.index.EventIndex;
import nara.ledger.index.SortedIndex;
import nara.ledger.index.StoredEvent;

/**
 * What follows from the events about one subject: restarts, uptime, first sighting, status and
 * opinion, by the wire contract's rules. Looks only at events that have the subject as actor or
 * target.
 */
final class SubjectProjection {
  static final String ONLINE = "ONLINE";
  static final String OFFLINE = "OFFLINE";
  static final String MISSING = "MISSING";
  static final String UNKNOWN = "UNKNOWN";

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final EventIndex eventIndex;
  private final Duration missingAfter;

  SubjectProjection(EventIndex eventIndex, Duration missingAfter) {
    this.eventIndex = eventIndex;
    this.missingAfter = missingAfter;
  }

  SubjectSummary summary(String subject, long atSeconds) {
    SubjectHistory subjectHistory = new SubjectHistory();
    forEach(subject, Service.OBSERVATION, subjectHistory::observe);
    forEach(subject, Service.CHECKPOINT, subjectHistory::checkpoint);
    return new SubjectSummary(
        subject,
        subjectHistory.restarts(),
        subjectHistory.uptime(atSeconds),
        subjectHistory.firstSeen,
        subjectHistory.latestCheckpoint == null
            ? ""
            : subjectHistory.latestCheckpointEvent.id().toString(),
        status(subject, atSeconds),
        subjectHistory.opinion());
  }

  private void forEach(String subject, Service service, Consumer<Event> action) {
    SortedIndex events = eventIndex.events(subject, service);
    if (events == null) {
      return;
    }
    SortedIndex.Cursor cursor = events.cursor(0);
    for (StoredEvent storedEvent = cursor.current();
        storedEvent != null;
        storedEvent = cursor.current()) {
      if (storedEvent.event().target().equals(subject)) {
        action.accept(storedEvent.event());
      }
      cursor.forward();
    }
  }

  /** What observations and checkpoints say, gathered in ascending time. */
  private static final class SubjectHistory {
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
    private Event latestCheckpointEvent;

    void observe(Event event) {
      if (!(event.payload() instanceof Observation o)) {
        return;
      }
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

    /** The latest is the one of the latest moment; of equal ones the later event. */
    void checkpoint(Event event) {
      if (event.payload() instanceof Checkpoint c) {
        updateFirstSeen(c.agreedValues().startTime());
        if (latestCheckpoint == null || c.asOfTime() >= latestCheckpoint.asOfTime()) {
          latestCheckpoint = c;
          latestCheckpointEvent = event;
        }
      }
    }

    private void updateFirstSeen(long startTime) {
      if (startTime > 0 && (firstSeen == 0 || startTime < firstSeen)) {
        firstSeen = startTime;
      }
    }

    long restarts() {
      if (latestCheckpoint != null) {
        return latestCheckpoint.agreedValues().restarts()
            + restartTimes.stream().filter(start -> start > latestCheckpoint.asOfTime()).count();
      }
      if (backfill != null) {
        return backfill.restartNum()
            + restartTimes.stream().filter(start -> start != backfill.startTime()).count();
      }
      return restartTimes.size();
    }

    long uptime(long atSeconds) {
      long total = latestCheckpoint == null ? 0 : latestCheckpoint.agreedValues().totalUptime();
      boolean online = latestCheckpoint == null && backfill != null;
      long since = online ? backfill.startTime() : 0;
      for (Event change : statusChanges) {
        long at = Math.floorDiv(change.ts(), NANOS_PER_SECOND);
        boolean counts = latestCheckpoint == null || at > latestCheckpoint.asOfTime();
        if (counts && change.payload() instanceof Observation o) {
          boolean nowOnline = o.onlineState().equals(ONLINE);
          if (nowOnline && !online) {
            since = at;
          } else if (!nowOnline && online) {
            total += at - since;
          }
          online = nowOnline;
        }
      }
      return online ? total + atSeconds - since : total;
    }

    Opinion opinion() {
      long restarts = maxRestarts;
      if (restartObservers.size() > 1) {
        long agreed = TrimmedMean.ofPositive(array(restartNumbers));
        restarts = agreed == 0 ? maxRestarts : agreed;
      }
      return new Opinion(TrimmedMean.ofPositive(array(startTimes)), restarts, lastRestart);
    }

    private static long[] array(List<Long> values) {
      return values.stream().mapToLong(Long::longValue).toArray();
    }
  }

  private String status(String subject, long atSeconds) {
    return newestReport(subject)
        .map(statusReport -> statusAt(statusReport, atSeconds))
        .orElse(UNKNOWN);
  }

  /** What was last seen of a subject; empty when nothing says anything. */
  Optional<Sighting> sighting(String subject, long atSeconds) {
    return newestReport(subject)
        .map(
            statusReport ->
                new Sighting(
                    statusAt(statusReport, atSeconds),
                    statusReport.status(),
                    statusReport.event().ts(),
                    newestStatusChange(subject)));
  }

  /** Whether somebody's backfill of the subject is held. */
  boolean hasBackfill(String subject) {
    SubjectHistory subjectHistory = new SubjectHistory();
    forEach(subject, Service.OBSERVATION, subjectHistory::observe);
    return subjectHistory.backfill != null;
  }

  /** The event that decides a subject's state, and what it says. */
  private record StatusReport(Event event, String status) {
    /**
     * The later one counts. Of one moment, who is said to be gone is gone: whoever says goodbye
     * says nothing after it, so the rest was before it however the ids fall.
     */
    boolean supersedes(StatusReport other) {
      int byTime = Long.compare(event.ts(), other.event.ts());
      int byAbsence = Boolean.compare(other.status.equals(ONLINE), status.equals(ONLINE));
      return byTime > 0
          || byTime == 0
              && (byAbsence > 0 || byAbsence == 0 && StoredEvent.compare(event, other.event) > 0);
    }
  }

  private Optional<StatusReport> newestReport(String subject) {
    StatusReport newest = null;
    for (Service service : Service.values()) {
      SortedIndex events = eventIndex.events(subject, service);
      if (events == null) {
        continue;
      }
      SortedIndex.Cursor cursor = events.cursor(events.size() - 1);
      for (StoredEvent storedEvent = cursor.current();
          storedEvent != null;
          storedEvent = cursor.current()) {
        Event event = storedEvent.event();
        if (newest != null && event.ts() < newest.event().ts()) {
          break;
        }
        StatusReport statusReport = new StatusReport(event, statusFrom(subject, event.payload()));
        if (!statusReport.status().isEmpty()
            && (newest == null || statusReport.supersedes(newest))) {
          newest = statusReport;
        }
        cursor.back();
      }
    }
    return Optional.ofNullable(newest);
  }

  private String statusAt(StatusReport statusReport, long atSeconds) {
    double silence = atSeconds - statusReport.event().ts() / (double) NANOS_PER_SECOND;
    return statusReport.status().equals(ONLINE) && silence > missingAfter.toSeconds()
        ? MISSING
        : statusReport.status();
  }

  private String newestStatusChange(String subject) {
    SortedIndex events = eventIndex.events(subject, Service.OBSERVATION);
    if (events == null) {
      return "";
    }
    SortedIndex.Cursor cursor = events.cursor(events.size() - 1);
    for (StoredEvent storedEvent = cursor.current();
        storedEvent != null;
        storedEvent = cursor.current()) {
      if (storedEvent.event().payload() instanceof Observation o
          && o.subject().equals(subject)
          && o.type().equals(Observation.STATUS_CHANGE)) {
        return o.onlineState();
      }
      cursor.back();
    }
    return "";
  }

  /** What a payload says of the subject's state; empty for nothing. */
  private static String statusFrom(String subject, Payload payload) {
    return switch (payload) {
      case HeyThere h -> ONLINE;
      case Chau c -> OFFLINE;
      case Seen s -> s.subject().equals(subject) ? ONLINE : "";
      case Social s -> s.actor().equals(subject) ? ONLINE : "";
      case Ping p -> ONLINE;
      case Checkpoint c -> "";
      case Observation o -> {
        if (!o.subject().equals(subject)) {
          yield "";
        }
        yield o.type().equals(Observation.STATUS_CHANGE) ? o.onlineState() : ONLINE;
      }
    };
  }
}
