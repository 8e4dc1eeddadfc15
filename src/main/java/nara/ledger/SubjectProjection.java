package nara.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
import nara.identity.Standing;
import nara.ledger.InspectionRequest.LastReport;
import nara.ledger.InspectionRequest.SubjectDescription;
import nara.ledger.LedgerRequest.Sighting;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.ledger.index.Backing;
import nara.ledger.index.EventIndex;
import nara.ledger.index.StoredEvent;

/**
 * The values that follow from the events about one subject, by the wire contract's rules: its
 * history and its status. Reads only events with the subject as actor or target.
 */
final class SubjectProjection {
  static final String ONLINE = "ONLINE";
  private static final String OFFLINE = "OFFLINE";
  private static final String MISSING = "MISSING";
  private static final String UNKNOWN = "UNKNOWN";

  private final EventIndex eventIndex;
  private final Duration missingAfter;
  private final String owner;
  private final Standing.Lookup standings;
  private final Backing backing;

  SubjectProjection(EventIndex index, LedgerConfig config, Standing.Lookup standings) {
    this.eventIndex = index;
    this.missingAfter = config.missingAfter();
    this.owner = config.owner();
    this.standings = standings;
    this.backing = new Backing(standings);
  }

  SubjectSummary summary(String subject, long atSeconds) {
    SubjectHistory history = new SubjectHistory();
    eventsAbout(subject, Service.OBSERVATION).forEach(history::add);
    bestBackedCheckpoints(subject).forEach(history::add);
    String status =
        newestReport(subject).map(report -> statusAt(report, atSeconds)).orElse(UNKNOWN);
    return history.summary(subject, status, atSeconds);
  }

  /** The summary of a subject, with its newest report. */
  SubjectDescription describe(String subject, long atSeconds) {
    return new SubjectDescription(
        summary(subject, atSeconds),
        newestReport(subject).map(report -> lastReport(report.event())),
        (int) eventsAbout(subject, Service.OBSERVATION).count());
  }

  private static LastReport lastReport(Event event) {
    return new LastReport(event.ts(), event.service(), event.actor());
  }

  /** The checkpoints about a subject that count: those of the highest {@link Backing#rank}. */
  private List<Event> bestBackedCheckpoints(String subject) {
    Standing standing = subject.equals(owner) ? Standing.ESTABLISHED : standings.standing(subject);
    int best = 1;
    List<Event> found = new ArrayList<>();
    for (StoredEvent stored : eventIndex.events(subject, Service.CHECKPOINT).stream().toList()) {
      int rank = backing.rank(stored, standing);
      if (rank > best) {
        found.clear();
        best = rank;
      }
      if (rank == best) {
        found.add(stored.event());
      }
    }
    return found;
  }

  private Stream<Event> eventsAbout(String subject, Service service) {
    return eventIndex.events(subject, service).stream()
        .map(StoredEvent::event)
        .filter(event -> event.target().equals(subject));
  }

  /** Whether the ledger contains a backfill of the subject by any observer. */
  boolean hasBackfill(String subject) {
    return eventsAbout(subject, Service.OBSERVATION)
        .anyMatch(event -> event.payload() instanceof Observation o && o.isBackfill());
  }

  /** The last sighting of a subject; empty when no event reports its status. */
  Optional<Sighting> sighting(String subject, long atSeconds) {
    String lastChange = newestStatusChange(subject);
    return newestReport(subject)
        .map(r -> new Sighting(statusAt(r, atSeconds), r.status(), r.event().ts(), lastChange));
  }

  /** An event and the status that it reports. */
  private record StatusReport(Event event, String status) {
    /**
     * The later report wins. At equal times, a report of absence wins: a nara that says goodbye
     * says nothing after it, so the other events came before, whatever their ids.
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
      for (StoredEvent stored : eventIndex.events(subject, service).descending()) {
        Event event = stored.event();
        if (newest != null && event.ts() < newest.event().ts()) {
          break;
        }
        StatusReport report = new StatusReport(event, reportedStatus(subject, event.payload()));
        if (!report.status().isEmpty() && (newest == null || report.supersedes(newest))) {
          newest = report;
        }
      }
    }
    return Optional.ofNullable(newest);
  }

  private String statusAt(StatusReport report, long atSeconds) {
    double silence = atSeconds - report.event().ts() / 1e9;
    return report.status().equals(ONLINE) && silence > missingAfter.toSeconds()
        ? MISSING
        : report.status();
  }

  private String newestStatusChange(String subject) {
    for (StoredEvent stored : eventIndex.events(subject, Service.OBSERVATION).descending()) {
      if (stored.event().payload() instanceof Observation o
          && o.subject().equals(subject)
          && o.type().equals(Observation.STATUS_CHANGE)) {
        return o.onlineState();
      }
    }
    return "";
  }

  /** The status of the subject by an event with it as actor or target; empty for none. */
  private static String reportedStatus(String subject, Payload payload) {
    return switch (payload) {
      case HeyThere h -> ONLINE;
      case Chau c -> OFFLINE;
      case Ping p -> ONLINE;
      case Seen s -> s.subject().equals(subject) ? ONLINE : "";
      case Social s -> s.actor().equals(subject) ? ONLINE : "";
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
