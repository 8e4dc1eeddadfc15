package nara.ledger;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Request;
import nara.event.EventId;
import nara.event.Service;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.SubjectSummary;

/**
 * Requests of pages that show the ledger to people. They read this member's own ledger, by its
 * indexes, and each has a bound. They change nothing.
 *
 * @param <R> the type of the reply
 */
public sealed interface InspectionRequest<R extends BusMessage> extends Request<R> {
  /** The address of the ledger for these requests. */
  String ADDRESS = "nara.ledger.inspection";

  /** Events of one {@link ListEvents}. */
  int MAX_EVENTS = 1_000;

  /** Events that one {@link ListEvents} skips: with several indexes, it steps over each. */
  int MAX_OFFSET = 50_000;

  /** Subjects of one {@link DescribeSubjects}, so that the ledger is free for others in between. */
  int MAX_SUBJECTS = 100;

  /**
   * Asks for events, newest first.
   *
   * @param offset events to skip, up to {@link #MAX_OFFSET}
   * @param limit up to {@link #MAX_EVENTS}
   */
  record ListEvents(EventFilter filter, int offset, int limit)
      implements InspectionRequest<EventList> {}

  /**
   * Which events to list.
   *
   * @param services wire names; empty for all
   * @param subjects actors or targets, at most one; empty for all
   * @param after the lowest time, Unix nanoseconds
   * @param before the highest time
   * @param below only events below this position
   */
  record EventFilter(
      Set<String> services,
      Set<String> subjects,
      long after,
      long before,
      Optional<Position> below) {}

  /** The position of an event in the ledger's order. */
  record Position(long ts, EventId id) {}

  /**
   * The events.
   *
   * @param total how many pass the filter, wherever the list begins
   * @param hasMore whether older ones follow
   */
  record EventList(List<JudgedEvent> events, int total, boolean hasMore) implements BusMessage {}

  /** Spans of one {@link CountByTime}: each costs two look-ups in each index. */
  int MAX_SPANS = 240;

  /**
   * Counts the events of each service over time, in spans of equal length.
   *
   * @param after the lowest time, Unix nanoseconds; empty for the oldest event
   * @param before the highest time; empty for the newest event
   * @param spans from 1 to {@link #MAX_SPANS}
   */
  record CountByTime(OptionalLong after, OptionalLong before, int spans)
      implements InspectionRequest<TimeCounts> {}

  /**
   * The counts.
   *
   * @param startNanos where the first span begins, Unix nanoseconds
   * @param spanNanos the length of each span
   * @param byService for each service with events in the ledger, one count for each span
   */
  record TimeCounts(long startNanos, long spanNanos, Map<Service, List<Integer>> byService)
      implements BusMessage {}

  record FindEvent(EventId id) implements InspectionRequest<FoundEvent> {}

  /**
   * The visible event with an id.
   *
   * @param index its rank in ascending (time, id)
   * @param total events in the ledger
   */
  record FoundEvent(Optional<JudgedEvent> event, int index, int total) implements BusMessage {}

  /** Asks for the newest checkpoint of each subject. */
  record ListLatestCheckpoints(int limit) implements InspectionRequest<LatestCheckpoints> {}

  /** The checkpoints, newest first. */
  record LatestCheckpoints(List<JudgedEvent> events) implements BusMessage {}

  /** Asks for what the ledger says of these subjects, up to {@link #MAX_SUBJECTS}. */
  record DescribeSubjects(List<String> subjects, long atSeconds)
      implements InspectionRequest<SubjectDescriptions> {}

  record SubjectDescriptions(Map<String, SubjectDescription> bySubject) implements BusMessage {}

  /**
   * The ledger's facts about a subject.
   *
   * @param lastReport the newest report of its status
   * @param observations how many observations are about it
   */
  record SubjectDescription(
      SubjectSummary summary, Optional<LastReport> lastReport, int observations) {}

  /**
   * A report of a status.
   *
   * @param atNanos Unix nanoseconds
   * @param observer who reported it
   */
  record LastReport(long atNanos, Service service, String observer) {}

  /** Asks for the highest clouts, by this node's rules. */
  record RankClout(int limit, long atSeconds)
      implements InspectionRequest<LedgerRequest.CloutResult> {}

  /** Asks how many teases the ledger contains of each actor, and at each target. */
  record CountTeases() implements InspectionRequest<TeaseCounts> {}

  record TeaseCounts(Map<String, Integer> byActor, Map<String, Integer> byTarget)
      implements BusMessage {}

  /**
   * Switches {@link LedgerNotification.EventsAdded} on or off. Only one part of a node may send
   * this.
   */
  record WatchAdditions(boolean watched) implements InspectionRequest<Done> {}
}
