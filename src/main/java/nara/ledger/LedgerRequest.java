package nara.ledger;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Service;
import nara.event.Verdict;
import nara.negentropy.ItemId;

/**
 * What the ledger verticle is asked. It alone changes the ledger, one request after the other.
 *
 * @param <R> the type of the answer
 */
public sealed interface LedgerRequest<R extends BusMessage> extends Request<R> {
  /** Where the ledger verticle is asked. */
  String ADDRESS = "nara.ledger";

  /**
   * Where it is asked in a cluster, by whoever stands at {@link #ADDRESS} there and sees to it that
   * all members get what is merged.
   */
  String VIEW_ADDRESS = "nara.ledger.view";

  /** Which of these ids need no further look, because they are held as valid. */
  record FindValidIds(List<EventId> ids) implements LedgerRequest<ValidIds> {}

  /** The answer to {@link FindValidIds}: bit i is set when the i-th id is held as valid. */
  record ValidIds(BitSet valid) implements BusMessage {}

  /** An event with what is known of it. */
  record JudgedEvent(Event event, Verdict verdict) {}

  /** Takes judged events in. Whoever sends them has applied the trust policy. */
  record MergeEvents(List<JudgedEvent> events) implements LedgerRequest<MergeResult> {}

  /**
   * What became of a batch; the five add up to its size.
   *
   * @param added new in the ledger
   * @param replaced a better form of an event that was held
   * @param duplicate already held
   * @param dropped not kept: a limit of its kind, or known to be bad, or against the personality
   * @param pruned kept for a moment and pruned at once, since the ledger is full
   */
  record MergeResult(int added, int replaced, int duplicate, int dropped, int pruned)
      implements BusMessage {}

  /**
   * Takes in an observation that this node just made itself: what says the same as something held
   * is a duplicate, and one too many about a subject in a short time is dropped.
   */
  record RecordObservation(JudgedEvent observation) implements LedgerRequest<MergeResult> {}

  /** What was last seen of these subjects, at a time (Unix seconds). */
  record FindSightings(Set<String> subjects, long atSeconds)
      implements LedgerRequest<SightingsResult> {}

  /** The answer to {@link FindSightings}, by subject; of whom nothing is held there is nothing. */
  record SightingsResult(Map<String, Sighting> bySubject) implements BusMessage {}

  /**
   * What the ledger last heard of a subject.
   *
   * @param status ONLINE, OFFLINE or MISSING, by the newest word and the silence since
   * @param reportedStatus what the newest word says, whatever time has passed
   * @param reportedAtNanos when, Unix nanoseconds
   * @param lastStatusChange what the newest status change on record says, or empty without any
   */
  record Sighting(
      String status, String reportedStatus, long reportedAtNanos, String lastStatusChange) {
    /** Whether it is there, by its own word or that of others, and not too long ago. */
    public boolean isOnline() {
      return status.equals("ONLINE");
    }

    /** Whether nobody says that it is missing, but nobody says anything of it either. */
    public boolean isSilent() {
      return status.equals("MISSING") && reportedStatus.equals("ONLINE");
    }
  }

  /** Of which of these subjects somebody's backfill is held. */
  record FindBackfilled(Set<String> subjects) implements LedgerRequest<BackfilledSubjects> {}

  /** Names, in no order. */
  record BackfilledSubjects(Set<String> subjects) implements BusMessage {}

  /** Answers one query of the mesh. */
  record QueryEvents(Query query) implements LedgerRequest<QueryResult> {}

  /**
   * Events of an answer, in its order.
   *
   * @param nextCursor the timestamp to go on after; empty when there is no more
   */
  record QueryResult(List<Event> events, Optional<Long> nextCursor) implements BusMessage {}

  /**
   * Begins a reconciliation with somebody else's ledger; {@code docs/reconcile.md} has the format.
   *
   * @param since Unix nanoseconds: what is older is left alone, as is what a full ledger would not
   *     keep
   */
  record StartReconciliation(long since) implements LedgerRequest<ReconciliationStart> {}

  /**
   * The answer to {@link StartReconciliation}.
   *
   * @param eventCount how many events this ledger holds
   */
  record ReconciliationStart(byte[] message, int eventCount) implements BusMessage {}

  /** Answers a message of somebody who reconciles with this ledger. */
  record RespondToReconciliation(byte[] message, int maxBytes)
      implements LedgerRequest<ReconciliationResponse> {}

  /**
   * The answer to {@link RespondToReconciliation}.
   *
   * @param fault what is wrong with the message; empty when it was answered
   */
  record ReconciliationResponse(byte[] message, String fault) implements BusMessage {}

  /** Goes on with an answer to what this ledger began. */
  record ContinueReconciliation(byte[] message, int maxBytes)
      implements LedgerRequest<ReconciliationRound> {}

  /**
   * The answer to {@link ContinueReconciliation}.
   *
   * @param nextMessage the message to send next; empty when it is over
   * @param missing hashes of what the other one holds and this ledger does not, ascending in time
   * @param surplus how many events this ledger has beyond the other one's, as far as was seen
   * @param fault what is wrong with the message; empty when it is one
   */
  record ReconciliationRound(
      Optional<byte[]> nextMessage, List<ItemId> missing, int surplus, String fault)
      implements BusMessage {}

  /** The events with these hashes, for as long as they fit into so many bytes. */
  record FindByHash(List<ItemId> hashes, int maxBytes) implements LedgerRequest<EventsByHash> {}

  /**
   * The answer to {@link FindByHash}.
   *
   * @param events in the order asked; what is not held is left out
   * @param processed how many of the hashes, from the first on, this answer is about
   */
  record EventsByHash(List<Event> events, int processed) implements BusMessage {}

  /** Which of these hashes are not held. */
  record FindMissingHashes(List<ItemId> hashes) implements LedgerRequest<MissingHashes> {}

  /** The answer to {@link FindMissingHashes}, in its order. */
  record MissingHashes(List<ItemId> hashes) implements BusMessage {}

  /** The checkpoints in ascending time, from an offset on. */
  record ListCheckpoints(int offset, int limit) implements LedgerRequest<CheckpointPage> {}

  /** Some checkpoints, and how many there are in all. */
  record CheckpointPage(List<Event> events, int total) implements BusMessage {}

  /** Everything held, in ascending (time, id). */
  record ExportEvents() implements LedgerRequest<EventExport> {}

  /** The answer to {@link ExportEvents}. */
  record EventExport(List<Event> events) implements BusMessage {}

  /**
   * Everything held, with its verdicts, and with the worse forms that no query shows: a ledger that
   * is offered all of it holds and shows the same.
   */
  record ExportVariants() implements LedgerRequest<EventVariants> {}

  /**
   * The answer to {@link ExportVariants}, in ascending (time, id), the best form of an id first.
   */
  record EventVariants(List<JudgedEvent> events) implements BusMessage {}

  /** Counts. */
  record ReadLedgerStats() implements LedgerRequest<LedgerStats> {}

  /**
   * How much is held.
   *
   * @param total events
   * @param byService events by service; services with none are absent
   * @param critical events that a sample must contain
   * @param bytes of their JSON
   * @param maxEvents the configured maximum
   */
  record LedgerStats(
      int total, Map<Service, Integer> byService, int critical, long bytes, int maxEvents)
      implements BusMessage {
    /** More than this is never held, whatever may not be pruned. */
    public long hardLimit() {
      return Retention.hardLimit(maxEvents);
    }
  }

  /** The mean of all held round trips to each target but these, in milliseconds. */
  record ComputeMeanRtts(Set<String> excludedTargets) implements LedgerRequest<MeanRtts> {}

  /** The answer to {@link ComputeMeanRtts}: target name to mean rtt in milliseconds. */
  record MeanRtts(Map<String, Double> millisByTarget) implements BusMessage {}

  /** What the ledger says of one subject at a time (Unix seconds). */
  record SummariseSubject(String subject, long atSeconds)
      implements LedgerRequest<SubjectSummary> {}

  /** What the ledger says of everybody it mentions at a time (Unix seconds). */
  record SummariseAllSubjects(long atSeconds) implements LedgerRequest<SubjectSummaries> {}

  /** The answer to {@link SummariseAllSubjects}, by subject. */
  record SubjectSummaries(Map<String, SubjectSummary> bySubject) implements BusMessage {}

  /**
   * The values derived for one subject.
   *
   * @param restarts how often it restarted
   * @param totalUptimeSeconds how long it was online
   * @param firstSeenSeconds when it was first seen, Unix seconds, 0 when unknown
   * @param latestCheckpointId the id of its latest checkpoint, or empty
   * @param status ONLINE, OFFLINE, MISSING, or UNKNOWN when nothing says anything
   * @param opinion what the observers agree on
   */
  record SubjectSummary(
      String subject,
      long restarts,
      long totalUptimeSeconds,
      long firstSeenSeconds,
      String latestCheckpointId,
      String status,
      Opinion opinion)
      implements BusMessage {}

  /**
   * What the observers of a subject agree on.
   *
   * @param startTime Unix seconds, 0 when unknown
   * @param restarts how often it restarted
   * @param lastRestart Unix seconds, 0 when unknown
   */
  record Opinion(long startTime, long restarts, long lastRestart) {}
}
