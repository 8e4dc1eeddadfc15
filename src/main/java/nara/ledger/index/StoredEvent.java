package nara.ledger.index;

import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Social;
import nara.event.Verdict;
import nara.event.Voters;
import nara.negentropy.ItemId;

/**
 * An event in the ledger with its verdict and the state that the indexes keep for it. Mutable;
 * touched only by the ledger that it belongs to.
 */
public sealed class StoredEvent {
  private static final Verdict[] VERDICTS = Verdict.values();

  private Event event;

  // An ordinal: with a reference, each of a million stored events would take 8 bytes more.
  private byte verdict;

  /** The next worse variant of the same id, or null; see {@link EventVariants}. */
  StoredEvent nextVariant;

  /** The rank by which {@code Retention} keeps it: lower ones go first. */
  public byte retentionRank;

  /** SHA-256 of the event's bytes; null until {@link HashIndex} computes it. */
  ItemId hash;

  /** Where {@link SignerIndex} keeps it. */
  int signerPosition;

  /** Whether the running merge added it. */
  public boolean newInBatch;

  private StoredEvent(Event event, Verdict verdict) {
    this.event = event;
    this.verdict = (byte) verdict.ordinal();
  }

  public static StoredEvent of(Event event, Verdict verdict) {
    return of(event, verdict, Voters.UNEXAMINED);
  }

  /**
   * @param voters of a checkpoint, the voters whose votes are valid
   */
  public static StoredEvent of(Event event, Verdict verdict, Voters voters) {
    return event.payload() instanceof Checkpoint
        ? new StoredCheckpoint(event, verdict, voters)
        : new StoredEvent(event, verdict);
  }

  /** A checkpoint, the only event with voters. */
  private static final class StoredCheckpoint extends StoredEvent {
    private Voters voters;

    StoredCheckpoint(Event event, Verdict verdict, Voters voters) {
      super(event, verdict);
      this.voters = voters;
    }

    @Override
    public Voters voters() {
      return voters;
    }

    @Override
    public void add(Voters more) {
      voters = voters.plus(more);
    }

    @Override
    void replaceWith(StoredEvent better) {
      super.replaceWith(better);
      voters = better.voters();
    }
  }

  public Event event() {
    return event;
  }

  public Verdict verdict() {
    return VERDICTS[verdict];
  }

  public Voters voters() {
    return Voters.UNEXAMINED;
  }

  /** Adds voters whose keys were not known before to a checkpoint. */
  public void add(Voters more) {}

  /** Whether the nara that acted has signed it. Nobody else can make such a form of the event. */
  public boolean isAuthored() {
    return isAuthored(event, verdict());
  }

  static boolean isAuthored(Event event, Verdict verdict) {
    return verdict == Verdict.VALID
        && !event.actor().isEmpty()
        && event.isSigned()
        && event.emitter().equals(event.actor());
  }

  void replaceWith(StoredEvent better) {
    event = better.event;
    verdict = better.verdict;
    hash = null;
  }

  /** Ascending by (ts, id), then by variant. It never finds two stored events equal. */
  public static int compare(Event a, Event b) {
    int byTs = Long.compare(a.ts(), b.ts());
    if (byTs != 0 || a == b) {
      return byTs;
    }
    int byId = a.id().compareTo(b.id());
    return byId != 0 ? byId : compareRetained(a, b);
  }

  /** Compares two events with one id by the fields that retention reads; 0 for one variant. */
  static int compareRetained(Event a, Event b) {
    int byActor = a.actor().compareTo(b.actor());
    if (byActor != 0) {
      return byActor;
    }
    int byTarget = a.target().compareTo(b.target());
    if (byTarget != 0) {
      return byTarget;
    }
    // The id is a hash over the service too, so both have the same service.
    if (a.payload() instanceof Observation o && b.payload() instanceof Observation p) {
      int byType = o.type().compareTo(p.type());
      return byType != 0 ? byType : Long.compare(o.startTime(), p.startTime());
    }
    if (a.payload() instanceof Checkpoint c && b.payload() instanceof Checkpoint d) {
      return Long.compare(c.asOfTime(), d.asOfTime());
    }
    return a.payload() instanceof Social s && b.payload() instanceof Social t
        ? s.witness().compareTo(t.witness())
        : 0;
  }
}
