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
import nara.reconcile.ItemId;

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
  String VIEW = "nara.ledger.view";

  /** Which of these ids need no further look, because they are held as valid. */
  record HeldValid(List<EventId> ids) implements LedgerRequest<HeldAnswer> {}

  /** The answer to {@link HeldValid}: bit i is set when the i-th id is held as valid. */
  record HeldAnswer(BitSet held) implements BusMessage {}

  /** An event with what is known of it. */
  record Judged(Event event, Verdict verdict) {}

  /** Takes judged events in. Whoever sends them has applied the trust policy. */
  record Merge(List<Judged> events) implements LedgerRequest<Merged> {}

  /**
   * What became of a batch; the five add up to its size.
   *
   * @param added new in the ledger
   * @param replaced a better form of an event that was held
   * @param duplicate already held
   * @param dropped not kept: a limit of its kind, or known to be bad, or against the personality
   * @param pruned kept for a moment and pruned at once, since the ledger is full
   */
  record Merged(int added, int replaced, int duplicate, int dropped, int pruned)
      implements BusMessage {}

  /**
   * Takes in an observation that this node just made itself: what says the same as something held
   * is a duplicate, and one too many about a subject in a short time is dropped.
   */
  record Observe(Judged observation) implements LedgerRequest<Merged> {}

  /** What was last seen of these subjects, at a time (Unix seconds). */
  record Sightings(Set<String> subjects, long atSeconds) implements LedgerRequest<Sighted> {}

  /** The answer to {@link Sightings}, by subject; of whom nothing is held there is nothing. */
  record Sighted(Map<String, Sighting> bySubject) implements BusMessage {}

  /**
   * What the ledger last heard of a subject.
   *
   * @param state ONLINE, OFFLINE or MISSING, by the newest word and the silence since
   * @param said what the newest word says, whatever time has passed
   * @param saidAt when, Unix nanoseconds
   * @param change what the newest status change on record says, or empty without any
   */
  record Sighting(String state, String said, long saidAt, String change) {
    /** Whether it is there, by its own word or that of others, and not too long ago. */
    public boolean there() {
      return state.equals("ONLINE");
    }

    /** Whether nobody says that it is missing, but nobody says anything of it either. */
    public boolean silent() {
      return state.equals("MISSING") && said.equals("ONLINE");
    }
  }

  /** Of which of these subjects somebody's backfill is held. */
  record Backfilled(Set<String> subjects) implements LedgerRequest<Names> {}

  /** Names, in no order. */
  record Names(Set<String> names) implements BusMessage {}

  /** Answers one query of the mesh. */
  record Ask(Query query) implements LedgerRequest<Answer> {}

  /**
   * Events of an answer, in its order.
   *
   * @param nextCursor the timestamp to go on after; empty when there is no more
   */
  record Answer(List<Event> events, Optional<Long> nextCursor) implements BusMessage {}

  /**
   * Begins a reconciliation with somebody else's ledger; {@code docs/reconcile.md} has the format.
   *
   * @param since Unix nanoseconds: what is older is left alone, as is what a full ledger would not
   *     keep
   */
  record BeginReconciling(long since) implements LedgerRequest<FirstMessage> {}

  /**
   * The answer to {@link BeginReconciling}.
   *
   * @param held how many events this ledger holds
   */
  record FirstMessage(byte[] message, int held) implements BusMessage {}

  /** Answers a message of somebody who reconciles with this ledger. */
  record AnswerReconciling(byte[] message, int mostBytes)
      implements LedgerRequest<ReconcilingAnswer> {}

  /**
   * The answer to {@link AnswerReconciling}.
   *
   * @param fault what is wrong with the message; empty when it was answered
   */
  record ReconcilingAnswer(byte[] message, String fault) implements BusMessage {}

  /** Goes on with an answer to what this ledger began. */
  record GoOnReconciling(byte[] message, int mostBytes) implements LedgerRequest<ReconcilingStep> {}

  /**
   * The answer to {@link GoOnReconciling}.
   *
   * @param next the message to send next; empty when it is over
   * @param lacking hashes of what the other one holds and this ledger does not, ascending in time
   * @param surplus how many events this ledger has beyond the other one's, as far as was seen
   * @param fault what is wrong with the message; empty when it is one
   */
  record ReconcilingStep(Optional<byte[]> next, List<ItemId> lacking, int surplus, String fault)
      implements BusMessage {}

  /** The events with these hashes, for as long as they fit into so many bytes. */
  record ByHash(List<ItemId> hashes, int mostBytes) implements LedgerRequest<FoundByHash> {}

  /**
   * The answer to {@link ByHash}.
   *
   * @param events in the order asked; what is not held is left out
   * @param settled how many of the hashes, from the first on, this answer is about
   */
  record FoundByHash(List<Event> events, int settled) implements BusMessage {}

  /** Which of these hashes are not held. */
  record NotHeld(List<ItemId> hashes) implements LedgerRequest<LackingHashes> {}

  /** The answer to {@link NotHeld}, in its order. */
  record LackingHashes(List<ItemId> hashes) implements BusMessage {}

  /** The checkpoints in ascending time, from an offset on. */
  record Checkpoints(int offset, int limit) implements LedgerRequest<CheckpointPage> {}

  /** Some checkpoints, and how many there are in all. */
  record CheckpointPage(List<Event> events, int total) implements BusMessage {}

  /** Everything held, in ascending (time, id). */
  record Export() implements LedgerRequest<Exported> {}

  /** The answer to {@link Export}. */
  record Exported(List<Event> events) implements BusMessage {}

  /**
   * Everything held, with its verdicts, and with the worse forms that no query shows: a ledger that
   * is offered all of it holds and shows the same.
   */
  record AllForms() implements LedgerRequest<JudgedForms> {}

  /** The answer to {@link AllForms}, in ascending (time, id), the best form of an id first. */
  record JudgedForms(List<Judged> events) implements BusMessage {}

  /** Counts. */
  record Stats() implements LedgerRequest<LedgerStats> {}

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
    public long ceiling() {
      return Retention.ceiling(maxEvents);
    }
  }

  /** The mean of all held round trips to each target but these, in milliseconds. */
  record PingAverages(Set<String> except) implements LedgerRequest<PingMeans> {}

  /** The answer to {@link PingAverages}: target name to mean rtt in milliseconds. */
  record PingMeans(Map<String, Double> meanByTarget) implements BusMessage {}

  /** What the ledger says of one subject at a time (Unix seconds). */
  record AboutSubject(String subject, long atSeconds) implements LedgerRequest<Derived> {}

  /** What the ledger says of everybody it mentions at a time (Unix seconds). */
  record AboutAll(long atSeconds) implements LedgerRequest<DerivedAll> {}

  /** The answer to {@link AboutAll}, by subject. */
  record DerivedAll(Map<String, Derived> bySubject) implements BusMessage {}

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
  record Derived(
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
