package nara.ledger.retention;

import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import nara.event.Event;
import nara.event.Observation;
import nara.identity.Standing;
import nara.ledger.index.EventOrder;
import nara.ledger.index.SortedIndex;
import nara.ledger.index.StoredEvent;

/**
 * The stored events of one emitter: of the nara that acted, whoever signed or relayed them. A
 * checkpoint has no actor, so the checkpoints about each subject are a share of their own. So are
 * the {@link Kind#OBSERVATIONS} of a nara.
 */
final class Share {
  /** The bits of a sort key below the rank, which has five. */
  private static final int TIME_BITS = 58;

  /**
   * The first to be removed comes first: by rank, then by time. The sort key holds both, the time
   * without its lowest bits, so that few comparisons read an event.
   */
  static final EventOrder ORDER =
      new EventOrder(
          stored ->
              (long) stored.retentionRank << TIME_BITS
                  | Math.max(0, retentionTime(stored)) >>> Long.SIZE - 1 - TIME_BITS,
          Comparator.comparingLong(Share::retentionTime)
              .thenComparing(StoredEvent::event, StoredEvent::compare));

  /** What a share consists of. */
  enum Kind {
    /** The events of a nara that acted. */
    ACTS,
    /**
     * The observations that an established nara made of others that are not established. Anybody
     * can make such naras, so they must not cost the observer the room for its other events.
     */
    OBSERVATIONS,
    /** The checkpoints about a nara. */
    CHECKPOINTS
  }

  /**
   * @param name of the actor, or of the subject of checkpoints
   */
  record Key(String name, Kind kind) implements Comparable<Key> {
    /** The key of an event that is no observation. */
    static Key of(Event event) {
      return event.actor().isEmpty()
          ? new Key(event.target(), Kind.CHECKPOINTS)
          : new Key(event.actor(), Kind.ACTS);
    }

    @Override
    public int compareTo(Key other) {
      int byName = name.compareTo(other.name);
      return byName != 0 ? byName : kind.compareTo(other.kind);
    }
  }

  /** The highest sort key of a rank. */
  static long lastKeyOf(int rank) {
    return (rank + 1L << TIME_BITS) - 1;
  }

  private final Key key;
  private final SortedIndex events = new SortedIndex(ORDER);
  private long bytes;

  /** The group whose room it uses; {@link Retention} updates it. */
  Group group;

  /** The voucher whose shares count together; empty for a share of its own. */
  String voucher = "";

  /** Restarts that do not count towards the maximum; see {@link PairObservations}. */
  int surplusRestarts;

  /** The queues that have to look at it again, as bits. */
  int changedIn;

  /** Groups of emitters that have a part of the room each. */
  enum Group {
    UNKNOWN,
    KNOWN,
    VOUCHED,
    /** The observations that established naras made of others. */
    OBSERVED,
    ESTABLISHED,
    /** This node itself. */
    OWN;

    static Group of(Standing standing) {
      return switch (standing) {
        case UNKNOWN -> UNKNOWN;
        case KNOWN -> KNOWN;
        case VOUCHED -> VOUCHED;
        case ESTABLISHED -> ESTABLISHED;
      };
    }
  }

  Share(Key key) {
    this.key = key;
  }

  Key key() {
    return key;
  }

  void add(StoredEvent stored) {
    events.add(stored);
    bytes += stored.event().json().length;
  }

  void remove(StoredEvent stored) {
    events.remove(stored);
    bytes -= stored.event().json().length;
  }

  boolean isEmpty() {
    return events.isEmpty();
  }

  /** The pairs of naras whose observations are in it. */
  Set<PairObservations.Key> observedPairs() {
    Set<PairObservations.Key> pairs = new HashSet<>();
    for (StoredEvent stored : events) {
      if (stored.event().payload() instanceof Observation observation) {
        pairs.add(PairObservations.Key.of(observation));
      }
    }
    return pairs;
  }

  /** The number of events that count towards the maximum. */
  int counted() {
    return events.size() - surplusRestarts;
  }

  long bytes() {
    return bytes;
  }

  /** The event that goes first. */
  StoredEvent lowest() {
    return events.first();
  }

  /** The time that decides within a rank: the start of a restart, the event's time otherwise. */
  static long retentionTime(StoredEvent stored) {
    Event event = stored.event();
    return event.payload() instanceof Observation o && o.type().equals(Observation.RESTART)
        ? o.startTime()
        : event.ts();
  }
}
