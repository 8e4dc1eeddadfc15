package nara.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Seen;
import nara.event.Social;
import nara.ledger.PairObservations.Key;
import nara.ledger.index.EventOrder;
import nara.ledger.index.SortedIndex;
import nara.ledger.index.StoredEvent;

/**
 * Decides which events stay: the limits of pings and of observations, and the maximum.
 *
 * <p>The result is a function of the set of offered events and of the known keys, never of the
 * order of arrival. For that, every limit removes the lowest event of one common ranking, and the
 * limits are nested: a target's pings and a pair's observations within the whole. An event that one
 * limit removes has enough events above it to be removed in any other order too. The ranking,
 * lowest first:
 *
 * <ol>
 *   <li>events that involve a nara without a known key, by {@link Priority} up to STATE, the oldest
 *       of each first;
 *   <li>the same for events that involve only naras with known keys;
 *   <li>first-seen and restarts, which the maximum never removes;
 *   <li>checkpoints, which it never removes either.
 * </ol>
 *
 * <p>So a target's ping from an observer without a key goes before an older ping from a known
 * observer. A limit by time alone would contradict the pruning.
 *
 * <p>Retention asks for a key when an event arrives and again when the event is about to go. So a
 * key that is learned later helps the events that are still stored.
 *
 * <p>The protected events may exceed the maximum. Because a peer must not exhaust the node with
 * them, a hard limit far above the maximum applies to them too, lowest first. Below the hard limit
 * these rules are exact; at it, restarts beyond a pair's {@value PairObservations#MAX_KEPT} count
 * as well.
 */
final class Retention {
  /** The rank of an event by its content. The maximum may remove all below FIRST_SEEN. */
  enum Priority {
    PING,
    SEEN,
    SOCIAL,
    /** Hey-there, chau and status change. */
    STATE,
    FIRST_SEEN,
    RESTART,
    CHECKPOINT
  }

  private static final int PINGS_PER_TARGET = 5;

  private static final Comparator<StoredEvent> LOWEST_PING_FIRST =
      Comparator.<StoredEvent>comparingInt(ping -> ping.retentionClass)
          .thenComparing(StoredEvent::event, StoredEvent::compare);

  /** The least distance of the hard limit from the maximum. */
  private static final int HEADROOM = 20_000;

  // Classes: priorities up to STATE with an unknown and with known keys, then FIRST_SEEN and
  // RESTART with an unknown and with known keys, then checkpoints.
  private static final int KNOWN_PRUNABLE = Priority.FIRST_SEEN.ordinal();
  private static final int UNKNOWN_PROTECTED = 2 * KNOWN_PRUNABLE;
  private static final int KNOWN_PROTECTED = UNKNOWN_PROTECTED + 2;
  private static final int CHECKPOINT_CLASS = KNOWN_PROTECTED + 2;

  private final int maxEvents;
  private final long hardLimit;
  private final Predicate<String> hasKey;
  private final Consumer<StoredEvent> onEvicted;
  private final SortedIndex[] classes = new SortedIndex[CHECKPOINT_CLASS + 1];
  private final Map<String, List<StoredEvent>> pingsByTarget = new HashMap<>();
  private final Map<Key, PairObservations> pairs = new HashMap<>();

  /** The pairs with surplus restarts, by subject. */
  private final Map<String, Set<PairObservations>> pairsWithSurplus = new HashMap<>();

  /** The latest time of any checkpoint offered so far, by subject. */
  private final Map<String, Long> coveredUntil = new HashMap<>();

  private int storedCount;
  private int surplusRestarts;

  /**
   * Rules for an empty ledger.
   *
   * @param hasKey whether the key of the nara with this name is known
   * @param onEvicted receives each stored event that has to go
   */
  Retention(int maxEvents, Predicate<String> hasKey, Consumer<StoredEvent> onEvicted) {
    this.maxEvents = maxEvents;
    this.hardLimit = hardLimit(maxEvents);
    this.hasKey = hasKey;
    this.onEvicted = onEvicted;
    Arrays.setAll(classes, i -> new SortedIndex(EventOrder.by(Retention::retentionTime)));
  }

  /** The most events that a ledger with this maximum ever stores. */
  static long hardLimit(int maxEvents) {
    return (long) maxEvents + Math.max(maxEvents, HEADROOM);
  }

  /**
   * Adds an event under the limits of its kind; returns whether it stays. Costs O(log n), for a
   * checkpoint plus the restarts that it makes removable.
   */
  boolean admit(StoredEvent stored) {
    stored.retentionClass = (byte) classOf(stored.event());
    classes[stored.retentionClass].add(stored);
    storedCount++;
    return switch (stored.event().payload()) {
      case Ping ping -> admitPing(stored, ping.target());
      case Observation observation -> {
        PairObservations pair = pairs.computeIfAbsent(Key.of(observation), PairObservations::new);
        updatePair(pair, () -> pair.add(stored));
        yield trim(pair, stored);
      }
      case Checkpoint checkpoint -> {
        applyCheckpoint(checkpoint.subject(), checkpoint.asOfTime());
        yield true;
      }
      default -> true;
    };
  }

  private boolean admitPing(StoredEvent stored, String target) {
    List<StoredEvent> pings =
        pingsByTarget.computeIfAbsent(target, t -> new ArrayList<>(PINGS_PER_TARGET + 1));
    pings.add(stored);
    if (pings.size() <= PINGS_PER_TARGET) {
      return true;
    }
    pings.forEach(this::reclassify);
    return !evict(Collections.min(pings, LOWEST_PING_FIRST), stored);
  }

  /** Brings a pair within its limit; returns whether the newcomer stays. */
  private boolean trim(PairObservations pair, StoredEvent newcomer) {
    boolean stays = true;
    long until = coveredUntil.getOrDefault(pair.key().subject(), Long.MIN_VALUE);
    StoredEvent excess;
    while ((excess = pair.nextToEvict(until)) != null) {
      stays &= !evict(excess, newcomer);
    }
    return stays;
  }

  /** Removes an event. Returns whether it is the newcomer, which the ledger does not store yet. */
  private boolean evict(StoredEvent stored, StoredEvent newcomer) {
    remove(stored);
    if (stored != newcomer) {
      onEvicted.accept(stored);
    }
    return stored == newcomer;
  }

  private void applyCheckpoint(String subject, long asOfTime) {
    Long before = coveredUntil.get(subject);
    if (before == null || before < asOfTime) {
      coveredUntil.put(subject, asOfTime);
      List.copyOf(pairsWithSurplus.getOrDefault(subject, Set.of()))
          .forEach(pair -> trim(pair, null));
    }
  }

  /** Brings the ledger down to its maximum, in amortised O(log n) for each removed event. */
  void prune() {
    while (storedCount - surplusRestarts > maxEvents || storedCount > hardLimit) {
      StoredEvent lowest = lowest();
      if (lowest.retentionClass >= UNKNOWN_PROTECTED && storedCount <= hardLimit) {
        return;
      }
      evict(lowest, null);
    }
  }

  /**
   * The time, Unix nanoseconds, before which a full ledger accepts only events above social ones.
   * {@link Long#MIN_VALUE} while the ledger is not full or still stores lower events.
   */
  long horizon() {
    if (storedCount - surplusRestarts < maxEvents) {
      return Long.MIN_VALUE;
    }
    StoredEvent lowest = lowest();
    return lowest.retentionClass == KNOWN_PRUNABLE + Priority.SOCIAL.ordinal()
        ? lowest.event().ts()
        : Long.MIN_VALUE;
  }

  /** The lowest event by the keys known now. */
  private StoredEvent lowest() {
    int i = 0;
    while (true) {
      StoredEvent first = classes[i].first();
      if (first == null) {
        i++;
        continue;
      }
      reclassify(first);
      if (first.retentionClass == i) {
        return first;
      }
      i = Math.min(i, first.retentionClass);
    }
  }

  /** The number of a pair's observations in a span, both ends included, Unix nanoseconds. */
  int observationsWithin(Key key, long from, long to) {
    PairObservations pair = pairs.get(key);
    return pair == null ? 0 : pair.countWithin(from, to);
  }

  static Priority priority(Event event) {
    return switch (event.payload()) {
      case Ping p -> Priority.PING;
      case Seen s -> Priority.SEEN;
      case Social s -> Priority.SOCIAL;
      case HeyThere h -> Priority.STATE;
      case Chau c -> Priority.STATE;
      case Observation o ->
          switch (o.type()) {
            case Observation.RESTART -> Priority.RESTART;
            case Observation.FIRST_SEEN -> Priority.FIRST_SEEN;
            default -> Priority.STATE;
          };
      case Checkpoint c -> Priority.CHECKPOINT;
    };
  }

  /** The time that decides within a class: the start of a restart, the event's time otherwise. */
  static long retentionTime(StoredEvent stored) {
    Event event = stored.event();
    return event.payload() instanceof Observation o && o.type().equals(Observation.RESTART)
        ? o.startTime()
        : event.ts();
  }

  private int classOf(Event event) {
    Priority priority = priority(event);
    return switch (priority) {
      case PING, SEEN, SOCIAL, STATE ->
          (hasAllKeys(event) ? KNOWN_PRUNABLE : 0) + priority.ordinal();
      case FIRST_SEEN, RESTART ->
          (hasAllKeys(event) ? KNOWN_PROTECTED : UNKNOWN_PROTECTED)
              + priority.ordinal()
              - Priority.FIRST_SEEN.ordinal();
      case CHECKPOINT -> CHECKPOINT_CLASS;
    };
  }

  /** Whether the keys of all naras that the event involves are known. */
  private boolean hasAllKeys(Event event) {
    return hasKey.test(event.actor())
        && (event.target().equals(event.actor()) || hasKey.test(event.target()))
        && (!(event.payload() instanceof Social social)
            || social.witness().isEmpty()
            || hasKey.test(social.witness()));
  }

  private void reclassify(StoredEvent stored) {
    int now = classOf(stored.event());
    if (now != stored.retentionClass) {
      classes[stored.retentionClass].remove(stored);
      stored.retentionClass = (byte) now;
      classes[now].add(stored);
    }
  }

  /** Forgets a stored event. */
  void remove(StoredEvent stored) {
    classes[stored.retentionClass].remove(stored);
    storedCount--;
    switch (stored.event().payload()) {
      case Ping ping -> {
        List<StoredEvent> pings = pingsByTarget.get(ping.target());
        pings.remove(stored);
        if (pings.isEmpty()) {
          pingsByTarget.remove(ping.target());
        }
      }
      case Observation observation -> {
        PairObservations pair = pairs.get(Key.of(observation));
        updatePair(pair, () -> pair.remove(stored));
        if (pair.isEmpty()) {
          pairs.remove(pair.key());
        }
      }
      default -> {}
    }
  }

  /** Changes a pair and updates what is counted of its surplus restarts. */
  private void updatePair(PairObservations pair, Runnable change) {
    int before = pair.surplusRestarts();
    change.run();
    int after = pair.surplusRestarts();
    surplusRestarts += after - before;
    String subject = pair.key().subject();
    if (before == 0 && after > 0) {
      pairsWithSurplus.computeIfAbsent(subject, s -> new HashSet<>()).add(pair);
    } else if (before > 0 && after == 0) {
      Set<PairObservations> left = pairsWithSurplus.get(subject);
      left.remove(pair);
      if (left.isEmpty()) {
        pairsWithSurplus.remove(subject);
      }
    }
  }
}
