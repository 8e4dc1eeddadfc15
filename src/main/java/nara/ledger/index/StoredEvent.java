package nara.ledger.index;

import java.util.Arrays;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Seen;
import nara.event.Social;
import nara.event.Verdict;
import nara.negentropy.ItemId;

/**
 * One place in the ledger: an event, what is known of it, and how dear it is.
 *
 * <p>Not everything that retention looks at is under an event's id (a restart's observer is not, a
 * checkpoint's name beside its id is not, and names with colons can be cut in two ways). So two
 * forms of one id that differ there hold a place each, each under its own limits, chained by {@link
 * #nextVariant} with the better one first; only the first is visible. Forms that retention cannot
 * tell apart share a place, in which the better one stays. That keeps the content independent of
 * which form came first.
 *
 * <p>Mutable, and touched only by the ledger that it belongs to.
 */
public final class StoredEvent {
  /** What the maximum may prune, the most dispensable first. */
  static final int PING = 0;

  static final int SEEN = 1;
  public static final int SOCIAL = 2;
  static final int STATE = 3;

  /** What only the ceiling may take; everything below is for the maximum. */
  public static final int FIRST_SEEN = 4;

  public static final int RESTART = 5;
  public static final int CHECKPOINT = 6;

  private Event event;
  private Verdict verdict;

  /** A worse form of the same id, or null. */
  public StoredEvent nextVariant;

  /** The class in which {@code Retention} has filed it. */
  public byte retentionClass;

  /** SHA-256 of the event's bytes, once {@link HashIndex} wanted it; null before. */
  ItemId hash;

  /** Whether it came with the batch that is being merged. */
  public boolean newInBatch;

  public StoredEvent(Event event, Verdict verdict) {
    this.event = event;
    this.verdict = verdict;
  }

  public Event event() {
    return event;
  }

  public Verdict verdict() {
    return verdict;
  }

  /** Puts a better form of the same event in its place. */
  public void replaceWith(Event better, Verdict betterVerdict) {
    event = better;
    verdict = betterVerdict;
    hash = null;
  }

  /** The better verdict first, then the smaller bytes: below zero when the other form is worse. */
  public int compareVariant(Event otherEvent, Verdict otherVerdict) {
    int byVerdict = verdict.compareTo(otherVerdict);
    return byVerdict != 0 ? byVerdict : Arrays.compareUnsigned(event.json(), otherEvent.json());
  }

  /** Whether retention and the indexes cannot tell the two forms of one id apart. */
  public boolean isSameVariant(Event other) {
    return compareIdentity(event, other) == 0;
  }

  /** Ascending (ts, id); forms of one id by what tells their places apart. Total over places. */
  public static int compare(Event a, Event b) {
    int byTs = Long.compare(a.ts(), b.ts());
    if (byTs != 0) {
      return byTs;
    }
    int byId = a.id().compareTo(b.id());
    return byId != 0 ? byId : compareIdentity(a, b);
  }

  private static int compareIdentity(Event a, Event b) {
    int byActor = a.actor().compareTo(b.actor());
    if (byActor != 0) {
      return byActor;
    }
    int byTarget = a.target().compareTo(b.target());
    if (byTarget != 0) {
      return byTarget;
    }
    // One id has one service: the service is part of what it is a hash of.
    if (a.payload() instanceof Observation o && b.payload() instanceof Observation p) {
      int byType = o.type().compareTo(p.type());
      return byType != 0 ? byType : Long.compare(o.startTime(), p.startTime());
    }
    if (a.payload() instanceof Checkpoint c && b.payload() instanceof Checkpoint d) {
      return Long.compare(c.asOfTime(), d.asOfTime());
    }
    if (a.payload() instanceof Social s && b.payload() instanceof Social t) {
      return s.witness().compareTo(t.witness());
    }
    return 0;
  }

  /** How dear it is, by what it says alone. */
  public int retentionPriority() {
    return switch (event.payload()) {
      case Ping p -> PING;
      case Seen s -> SEEN;
      case Social s -> SOCIAL;
      case HeyThere h -> STATE;
      case Chau c -> STATE;
      case Observation o ->
          switch (o.type()) {
            case Observation.RESTART -> RESTART;
            case Observation.FIRST_SEEN -> FIRST_SEEN;
            default -> STATE;
          };
      case Checkpoint c -> CHECKPOINT;
    };
  }

  /** What is kept longer within a rank: the later start of a restart, the later time of others. */
  public long retentionTime() {
    return event.payload() instanceof Observation o && o.type().equals(Observation.RESTART)
        ? o.startTime()
        : event.ts();
  }
}
