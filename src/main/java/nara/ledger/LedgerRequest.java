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
import nara.event.Voters;
import nara.ledger.retention.PruneReason;
import nara.ledger.retention.Retention;
import nara.negentropy.ItemId;

/**
 * The requests to the ledger verticle, which handles them one after the other. Only it changes the
 * ledger. All "atSeconds" are Unix seconds. R is the type of the reply.
 */
public sealed interface LedgerRequest<R extends BusMessage> extends Request<R> {
  /** The address of the ledger. */
  String ADDRESS = "nara.ledger";

  /**
   * The address of a member's own copy of the ledger in a cluster. There, {@link #ADDRESS} belongs
   * to the verticle that shares merged events with all members.
   */
  String VIEW_ADDRESS = "nara.ledger.view";

  /** Asks which of these ids are stored as valid and so need no verification. */
  record FindValidIds(List<EventId> ids) implements LedgerRequest<ValidIds> {}

  /** Bit i is set when the i-th id is stored as valid. */
  record ValidIds(BitSet valid) implements BusMessage {}

  /**
   * An event with its verdict.
   *
   * @param voters of a checkpoint, the voters whose votes are valid
   */
  record JudgedEvent(Event event, Verdict verdict, Voters voters) {
    /** An event that is no checkpoint, or one whose votes nobody has verified. */
    public JudgedEvent(Event event, Verdict verdict) {
      this(event, verdict, Voters.UNEXAMINED);
    }
  }

  /** Merges events to which the sender has applied the trust policy. */
  record MergeEvents(List<JudgedEvent> events) implements LedgerRequest<MergeResult> {}

  /**
   * The outcome of a batch. The five numbers add up to its size.
   *
   * @param added new in the ledger
   * @param replaced better than the stored event with the same id
   * @param duplicate already stored
   * @param dropped known to be bad, against the personality, or beyond a limit of its kind
   * @param pruned removed at once, because the ledger is full
   */
  record MergeResult(int added, int replaced, int duplicate, int dropped, int pruned)
      implements BusMessage {}

  /**
   * Merges an observation that this node made. One with a statement that is already recorded is a
   * duplicate. One too many about a subject in a short time is dropped.
   */
  record RecordObservation(JudgedEvent observation) implements LedgerRequest<MergeResult> {}

  /** Asks for all stored events that a nara signed, with every variant of an id. */
  record FindByEmitter(String emitter) implements LedgerRequest<VariantExport> {}

  /** Removes the stored variants with these ids and bytes; others are left. */
  record RemoveEvents(List<Event> events) implements LedgerRequest<RemovalResult> {}

  /** How many of the events were stored, and are no longer. */
  record RemovalResult(int removed) implements BusMessage {}

  record FindSightings(Set<String> subjects, long atSeconds)
      implements LedgerRequest<SightingsResult> {}

  /** The sightings by subject; a subject without events is absent. */
  record SightingsResult(Map<String, Sighting> bySubject) implements BusMessage {}

  /**
   * The last that the ledger knows of a subject.
   *
   * @param status ONLINE, OFFLINE or MISSING, by the newest report and the silence since
   * @param reportedStatus the status in the newest report, whatever time has passed
   * @param reportedAtNanos the time of that report, Unix nanoseconds
   * @param lastStatusChange the status in the newest status change, or empty
   */
  record Sighting(
      String status, String reportedStatus, long reportedAtNanos, String lastStatusChange) {
    public boolean isOnline() {
      return status.equals("ONLINE");
    }

    /** Whether it is missing only because no event mentions it. */
    public boolean isSilent() {
      return status.equals("MISSING") && reportedStatus.equals("ONLINE");
    }
  }

  /** Asks for the clout of these naras, by this node's rules. */
  record ComputeClout(Set<String> names, long atSeconds) implements LedgerRequest<CloutResult> {}

  /** The clout by name; a nara without social events is absent. */
  record CloutResult(Map<String, Double> byName) implements BusMessage {}

  /** Asks for which of these subjects a backfill is stored. */
  record FindBackfilled(Set<String> subjects) implements LedgerRequest<BackfilledSubjects> {}

  record BackfilledSubjects(Set<String> subjects) implements BusMessage {}

  record QueryEvents(Query query) implements LedgerRequest<QueryResult> {}

  /**
   * Events in the order of the query.
   *
   * @param nextCursor the timestamp after which the next page starts; empty at the end
   */
  record QueryResult(List<Event> events, Optional<Long> nextCursor) implements BusMessage {}

  /**
   * Starts a reconciliation with a peer's ledger; see {@code docs/reconcile.md}.
   *
   * @param since Unix nanoseconds; older events are left out, as are events that are too old for a
   *     full ledger
   */
  record StartReconciliation(long since) implements LedgerRequest<ReconciliationStart> {}

  /** The first message, and how many events this ledger contains. */
  record ReconciliationStart(byte[] message, int eventCount) implements BusMessage {}

  /** Answers a message of a peer that reconciles with this ledger. */
  record RespondToReconciliation(byte[] message, int maxBytes)
      implements LedgerRequest<ReconciliationResponse> {}

  /**
   * The response to send.
   *
   * @param fault what is wrong with the peer's message; otherwise empty
   */
  record ReconciliationResponse(byte[] message, String fault) implements BusMessage {}

  /** Processes a peer's response in a reconciliation that this ledger started. */
  record ContinueReconciliation(byte[] message, int maxBytes)
      implements LedgerRequest<ReconciliationRound> {}

  /**
   * The result of one round.
   *
   * @param nextMessage the message to send next; empty when the reconciliation is complete
   * @param missing the hashes that only the peer has, ascending in time
   * @param surplus how many events only this ledger has, as far as compared
   * @param fault what is wrong with the peer's message; otherwise empty
   */
  record ReconciliationRound(
      Optional<byte[]> nextMessage, List<ItemId> missing, int surplus, String fault)
      implements BusMessage {}

  /** Asks for the events with these hashes, up to a total size. */
  record FindByHash(List<ItemId> hashes, int maxBytes) implements LedgerRequest<EventsByHash> {}

  /**
   * The events in the order of the request, without those that are not stored.
   *
   * @param processed how many of the hashes, from the first on, this reply covers
   */
  record EventsByHash(List<Event> events, int processed) implements BusMessage {}

  /** Asks which of these hashes are not stored. */
  record FindMissingHashes(List<ItemId> hashes) implements LedgerRequest<MissingHashes> {}

  record MissingHashes(List<ItemId> hashes) implements BusMessage {}

  /** Asks for the checkpoints in ascending time from an offset on. */
  record ListCheckpoints(int offset, int limit) implements LedgerRequest<CheckpointPage> {}

  /** Some of the checkpoints, and the number of all. */
  record CheckpointPage(List<Event> events, int total) implements BusMessage {}

  /** Asks for all visible events in ascending (time, id). */
  record ExportEvents() implements LedgerRequest<EventExport> {}

  record EventExport(List<Event> events) implements BusMessage {}

  /**
   * Asks for all stored events, including variants that no query shows. A ledger that merges them
   * has the same content.
   */
  record ExportVariants() implements LedgerRequest<VariantExport> {}

  /** All stored events in ascending (time, id), the best variant of an id first. */
  record VariantExport(List<JudgedEvent> events) implements BusMessage {}

  record ReadLedgerStats() implements LedgerRequest<LedgerStats> {}

  /**
   * Counts of the visible events.
   *
   * @param byService services without events are absent
   * @param critical events that a sample must contain
   * @param bytes the size of their JSON
   * @param maxEvents the configured maximum
   * @param pruned events that limits removed since the start, or kept out
   */
  record LedgerStats(
      int total,
      Map<Service, Integer> byService,
      int critical,
      long bytes,
      int maxEvents,
      Map<PruneReason, Long> pruned)
      implements BusMessage {
    /** A ledger that has pruned nothing. */
    public LedgerStats(
        int total, Map<Service, Integer> byService, int critical, long bytes, int maxEvents) {
      this(total, byService, critical, bytes, maxEvents, Map.of());
    }

    /** The most events that the ledger ever stores, even when none may be pruned. */
    public long hardLimit() {
      return Retention.hardLimit(maxEvents);
    }
  }

  /** Asks for the mean round trip to each target but these. */
  record ComputeMeanRtts(Set<String> excludedTargets) implements LedgerRequest<MeanRtts> {}

  record MeanRtts(Map<String, Double> millisByTarget) implements BusMessage {}

  record SummariseSubject(String subject, long atSeconds)
      implements LedgerRequest<SubjectSummary> {}

  /** Asks for the summaries of all actors and targets. */
  record SummariseAllSubjects(long atSeconds) implements LedgerRequest<SubjectSummaries> {}

  record SubjectSummaries(Map<String, SubjectSummary> bySubject) implements BusMessage {}

  /**
   * The values derived for one subject.
   *
   * @param firstSeenSeconds Unix seconds; 0 when unknown
   * @param latestCheckpointId empty without a checkpoint
   * @param status ONLINE, OFFLINE, MISSING, or UNKNOWN without a report
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
   * The values that the observers of a subject agree on.
   *
   * @param startTime Unix seconds; 0 when unknown
   * @param lastRestart Unix seconds; 0 when unknown
   */
  record Opinion(long startTime, long restarts, long lastRestart) {}
}
