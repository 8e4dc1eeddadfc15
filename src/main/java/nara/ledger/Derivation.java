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
import nara.ledger.LedgerRequest.Derived;
import nara.ledger.LedgerRequest.Opinion;
import nara.ledger.LedgerRequest.Sighting;

/**
 * What follows from the events about one subject: restarts, uptime, first sighting, status and
 * opinion, by the wire contract's rules. Looks only at events that have the subject as actor or
 * target.
 */
final class Derivation {
  static final String ONLINE = "ONLINE";
  static final String OFFLINE = "OFFLINE";
  static final String MISSING = "MISSING";
  static final String UNKNOWN = "UNKNOWN";

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final Index index;
  private final Duration missingAfter;

  Derivation(Index index, Duration missingAfter) {
    this.index = index;
    this.missingAfter = missingAfter;
  }

  Derived about(String subject, long atSeconds) {
    History history = new History();
    forEach(subject, Service.OBSERVATION, history::observe);
    forEach(subject, Service.CHECKPOINT, history::checkpoint);
    return new Derived(
        subject,
        history.restarts(),
        history.uptime(atSeconds),
        history.firstSeen,
        history.latest == null ? "" : history.latestEvent.id().toString(),
        status(subject, atSeconds),
        history.opinion());
  }

  private void forEach(String subject, Service service, Consumer<Event> takesThoseAbout) {
    Ordered events = index.of(subject, service);
    if (events == null) {
      return;
    }
    Ordered.Cursor cursor = events.cursor(0);
    for (Held held = cursor.held(); held != null; held = cursor.held()) {
      if (held.event().target().equals(subject)) {
        takesThoseAbout.accept(held.event());
      }
      cursor.forward();
    }
  }

  /** What observations and checkpoints say, gathered in ascending time. */
  private static final class History {
    private final List<Long> startTimes = new ArrayList<>();
    private final List<Long> restartNumbers = new ArrayList<>();
    private final Set<String> restartObservers = new HashSet<>();
    private final Set<Long> restartTimes = new HashSet<>();
    private final List<Event> changes = new ArrayList<>();
    private long mostRestarts;
    private long lastRestart;
    private long firstSeen;
    private Observation backfill;
    private Checkpoint latest;
    private Event latestEvent;

    void observe(Event event) {
      if (!(event.payload() instanceof Observation o)) {
        return;
      }
      seenFrom(o.startTime());
      if (o.startTime() > 0) {
        startTimes.add(o.startTime());
      }
      mostRestarts = Math.max(mostRestarts, o.restartNum());
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
        case Observation.STATUS_CHANGE -> changes.add(event);
        default -> {}
      }
    }

    /** The latest is the one of the latest moment; of equal ones the later event. */
    void checkpoint(Event event) {
      if (event.payload() instanceof Checkpoint c) {
        seenFrom(c.standing().startTime());
        if (latest == null || c.asOfTime() >= latest.asOfTime()) {
          latest = c;
          latestEvent = event;
        }
      }
    }

    private void seenFrom(long startTime) {
      if (startTime > 0 && (firstSeen == 0 || startTime < firstSeen)) {
        firstSeen = startTime;
      }
    }

    long restarts() {
      if (latest != null) {
        return latest.standing().restarts()
            + restartTimes.stream().filter(start -> start > latest.asOfTime()).count();
      }
      if (backfill != null) {
        return backfill.restartNum()
            + restartTimes.stream().filter(start -> start != backfill.startTime()).count();
      }
      return restartTimes.size();
    }

    long uptime(long atSeconds) {
      long total = latest == null ? 0 : latest.standing().totalUptime();
      boolean online = latest == null && backfill != null;
      long since = online ? backfill.startTime() : 0;
      for (Event change : changes) {
        long at = Math.floorDiv(change.ts(), NANOS_PER_SECOND);
        boolean counts = latest == null || at > latest.asOfTime();
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
      long restarts = mostRestarts;
      if (restartObservers.size() > 1) {
        long agreed = TrimmedMean.ofPositive(array(restartNumbers));
        restarts = agreed == 0 ? mostRestarts : agreed;
      }
      return new Opinion(TrimmedMean.ofPositive(array(startTimes)), restarts, lastRestart);
    }

    private static long[] array(List<Long> values) {
      return values.stream().mapToLong(Long::longValue).toArray();
    }
  }

  private String status(String subject, long atSeconds) {
    return newestWord(subject).map(word -> state(word, atSeconds)).orElse(UNKNOWN);
  }

  /** What was last seen of a subject; empty when nothing says anything. */
  Optional<Sighting> sighting(String subject, long atSeconds) {
    return newestWord(subject)
        .map(
            word ->
                new Sighting(
                    state(word, atSeconds), word.said(), word.event().ts(), newestChange(subject)));
  }

  /** Whether somebody's backfill of the subject is held. */
  boolean backfilled(String subject) {
    History history = new History();
    forEach(subject, Service.OBSERVATION, history::observe);
    return history.backfill != null;
  }

  /** The event that decides a subject's state, and what it says. */
  private record Word(Event event, String said) {
    /**
     * The later one counts. Of one moment, who is said to be gone is gone: whoever says goodbye
     * says nothing after it, so the rest was before it however the ids fall.
     */
    boolean outdoes(Word other) {
      int byTime = Long.compare(event.ts(), other.event.ts());
      int byAbsence = Boolean.compare(other.said.equals(ONLINE), said.equals(ONLINE));
      return byTime > 0
          || byTime == 0
              && (byAbsence > 0 || byAbsence == 0 && Held.compare(event, other.event) > 0);
    }
  }

  private Optional<Word> newestWord(String subject) {
    Word newest = null;
    for (Service service : Service.values()) {
      Ordered events = index.of(subject, service);
      if (events == null) {
        continue;
      }
      Ordered.Cursor cursor = events.cursor(events.size() - 1);
      for (Held held = cursor.held(); held != null; held = cursor.held()) {
        Event event = held.event();
        if (newest != null && event.ts() < newest.event().ts()) {
          break;
        }
        Word word = new Word(event, stateOf(subject, event.payload()));
        if (!word.said().isEmpty() && (newest == null || word.outdoes(newest))) {
          newest = word;
        }
        cursor.back();
      }
    }
    return Optional.ofNullable(newest);
  }

  private String state(Word word, long atSeconds) {
    double silence = atSeconds - word.event().ts() / (double) NANOS_PER_SECOND;
    return word.said().equals(ONLINE) && silence > missingAfter.toSeconds() ? MISSING : word.said();
  }

  private String newestChange(String subject) {
    Ordered events = index.of(subject, Service.OBSERVATION);
    if (events == null) {
      return "";
    }
    Ordered.Cursor cursor = events.cursor(events.size() - 1);
    for (Held held = cursor.held(); held != null; held = cursor.held()) {
      if (held.event().payload() instanceof Observation o
          && o.subject().equals(subject)
          && o.type().equals(Observation.STATUS_CHANGE)) {
        return o.onlineState();
      }
      cursor.back();
    }
    return "";
  }

  /** What a payload says of the subject's state; empty for nothing. */
  private static String stateOf(String subject, Payload payload) {
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
