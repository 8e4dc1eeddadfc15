package nara.ledger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Social;
import nara.ledger.index.SortedIndex;
import nara.ledger.index.StoredEvent;

/**
 * What is kept, and what goes: the limits of pings and observations, and the maximum.
 *
 * <p>What remains is a function of the set of what was offered and of the keys known, never of the
 * order. That holds because every limit drops the lowest of one and the same ranking, and the
 * limits are nested: a target's pings and a pair's observations within the whole. An event that one
 * limit drops has enough dearer ones above it to be dropped in any other order too. The ranking,
 * the most dispensable first:
 *
 * <ol>
 *   <li>events that involve a nara without a known key: pings, seen, social, states (hey-there,
 *       chau, status-change), the oldest of each first;
 *   <li>the same of naras whose keys are known;
 *   <li>first sightings and restarts, which the maximum never takes;
 *   <li>checkpoints, which it never takes either.
 * </ol>
 *
 * <p>So among the pings of one target, those of observers without a key go before older ones of
 * known observers; a limit that looked at time alone would contradict the pruning.
 *
 * <p>Whether a key is known is asked when an event comes and again when it is about to go, so a
 * learned key helps what is held already; what went before does not come back by itself.
 *
 * <p>The maximum may be outgrown by what it never takes. A peer must not be able to exhaust the
 * node with that, so there is a ceiling, far above, where even those go, lowest first. Below the
 * ceiling all of this is exact; at it, restarts beyond a pair's {@value PairObservations#MAX_KEPT}
 * count too.
 */
final class Retention {
  static final int PINGS_PER_TARGET = 5;

  /** By how much the ceiling is above the maximum, at the least. */
  private static final int HEADROOM = 20_000;

  private static final int PRUNABLE_PRIORITIES = 4;
  private static final int UNKNOWN_PROTECTED = 2 * PRUNABLE_PRIORITIES;
  private static final int KNOWN_PROTECTED = UNKNOWN_PROTECTED + 2;
  private static final int CHECKPOINT_CLASS = KNOWN_PROTECTED + 2;

  private final int maxEvents;
  private final long hardLimit;
  private final Predicate<String> hasKey;
  private final SortedIndex[] retentionClasses = new SortedIndex[CHECKPOINT_CLASS + 1];
  private final Map<String, List<StoredEvent>> pingsByTarget = new HashMap<>();
  private final Map<PairObservations.Key, PairObservations> pairs = new HashMap<>();

  /** Pairs with more restarts than are kept in any case, by subject. */
  private final Map<String, Set<PairObservations>> pairsWithSurplus = new HashMap<>();

  /** The latest moment that any checkpoint offered so far has reached, by subject. */
  private final Map<String, Long> coveredUntil = new HashMap<>();

  private int storedCount;
  private int surplusRestarts;

  Retention(int maxEvents, Predicate<String> hasKey) {
    this.maxEvents = maxEvents;
    this.hardLimit = hardLimit(maxEvents);
    this.hasKey = hasKey;
    for (int i = 0; i < retentionClasses.length; i++) {
      retentionClasses[i] = SortedIndex.byRetentionTime();
    }
  }

  /** The most that is ever held under a maximum. */
  static long hardLimit(int maxEvents) {
    return (long) maxEvents + Math.max(maxEvents, HEADROOM);
  }

  /**
   * Takes an event in under the limits of its kind. O(log n), for a checkpoint plus the restarts
   * that it makes dispensable.
   *
   * @param onEvicted gets what has to go for it
   * @return whether the event itself stays
   */
  boolean admit(StoredEvent storedEvent, Consumer<StoredEvent> onEvicted) {
    storedEvent.retentionClass = (byte) retentionClassOf(storedEvent);
    addToClass(storedEvent);
    return switch (storedEvent.event().payload()) {
      case Ping ping -> admitPing(storedEvent, ping.target(), onEvicted);
      case Observation observation -> {
        PairObservations pairObservations =
            pairs.computeIfAbsent(PairObservations.Key.of(observation), PairObservations::new);
        updatePair(pairObservations, () -> pairObservations.add(storedEvent));
        yield trim(pairObservations, storedEvent, onEvicted);
      }
      case Checkpoint checkpoint -> {
        applyCheckpoint(checkpoint.subject(), checkpoint.asOfTime(), onEvicted);
        yield true;
      }
      default -> true;
    };
  }

  private boolean admitPing(
      StoredEvent storedEvent, String target, Consumer<StoredEvent> onEvicted) {
    List<StoredEvent> pings =
        pingsByTarget.computeIfAbsent(target, t -> new ArrayList<>(PINGS_PER_TARGET + 1));
    pings.add(storedEvent);
    if (pings.size() <= PINGS_PER_TARGET) {
      return true;
    }
    StoredEvent lowest = null;
    for (StoredEvent ping : pings) {
      reclassify(ping);
      if (lowest == null || isBelow(ping, lowest)) {
        lowest = ping;
      }
    }
    remove(lowest);
    if (lowest != storedEvent) {
      onEvicted.accept(lowest);
    }
    return lowest != storedEvent;
  }

  private static boolean isBelow(StoredEvent a, StoredEvent b) {
    return a.retentionClass != b.retentionClass
        ? a.retentionClass < b.retentionClass
        : StoredEvent.compare(a.event(), b.event()) < 0;
  }

  /** Brings a pair within its limit; says whether the newcomer, if there is one, stays. */
  private boolean trim(
      PairObservations pairObservations, StoredEvent newcomer, Consumer<StoredEvent> onEvicted) {
    boolean stays = true;
    long until = coveredUntil.getOrDefault(pairObservations.key().subject(), Long.MIN_VALUE);
    for (StoredEvent excess = pairObservations.nextToEvict(until);
        excess != null;
        excess = pairObservations.nextToEvict(until)) {
      remove(excess);
      if (excess == newcomer) {
        stays = false;
      } else {
        onEvicted.accept(excess);
      }
    }
    return stays;
  }

  private void applyCheckpoint(String subject, long asOfTime, Consumer<StoredEvent> onEvicted) {
    Long before = coveredUntil.get(subject);
    if (before != null && before >= asOfTime) {
      return;
    }
    coveredUntil.put(subject, asOfTime);
    for (PairObservations pairObservations :
        List.copyOf(pairsWithSurplus.getOrDefault(subject, Set.of()))) {
      trim(pairObservations, null, onEvicted);
    }
  }

  /**
   * Brings the ledger down to its maximum. Amortised O(log n) for each event that goes.
   *
   * @param onEvicted gets what went
   */
  void prune(Consumer<StoredEvent> onEvicted) {
    while (storedCount - surplusRestarts > maxEvents || storedCount > hardLimit) {
      StoredEvent lowest = lowest();
      if (lowest.retentionClass >= UNKNOWN_PROTECTED && storedCount <= hardLimit) {
        return;
      }
      remove(lowest);
      onEvicted.accept(lowest);
    }
  }

  /**
   * The time before which a full ledger takes in nothing but what is dearer than social events,
   * Unix nanoseconds; the earliest possible when it is not full, or still has cheaper things.
   */
  long horizon() {
    if (storedCount - surplusRestarts < maxEvents) {
      return Long.MIN_VALUE;
    }
    StoredEvent lowest = lowest();
    return lowest.retentionClass == PRUNABLE_PRIORITIES + StoredEvent.SOCIAL
        ? lowest.event().ts()
        : Long.MIN_VALUE;
  }

  /** The most dispensable event, by the keys known now. */
  private StoredEvent lowest() {
    int i = 0;
    while (true) {
      StoredEvent first = retentionClasses[i].first();
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

  /** The names of targets and the pings kept of each. */
  Map<String, List<StoredEvent>> pingsByTarget() {
    return pingsByTarget;
  }

  /** How many observations of the pair happened in a span, both ends included, Unix nanoseconds. */
  int observationsWithin(PairObservations.Key key, long from, long to) {
    PairObservations pairObservations = pairs.get(key);
    return pairObservations == null ? 0 : pairObservations.countWithin(from, to);
  }

  private int retentionClassOf(StoredEvent storedEvent) {
    int rank = storedEvent.retentionPriority();
    if (rank == StoredEvent.CHECKPOINT) {
      return CHECKPOINT_CLASS;
    }
    boolean known = involvesOnlyKnown(storedEvent.event());
    if (rank >= StoredEvent.FIRST_SEEN) {
      return (known ? KNOWN_PROTECTED : UNKNOWN_PROTECTED) + rank - StoredEvent.FIRST_SEEN;
    }
    return (known ? PRUNABLE_PRIORITIES : 0) + rank;
  }

  private boolean involvesOnlyKnown(Event event) {
    if (!hasKey.test(event.actor())) {
      return false;
    }
    if (!event.target().equals(event.actor()) && !hasKey.test(event.target())) {
      return false;
    }
    return !(event.payload() instanceof Social social)
        || social.witness().isEmpty()
        || hasKey.test(social.witness());
  }

  private void addToClass(StoredEvent storedEvent) {
    retentionClasses[storedEvent.retentionClass].add(storedEvent);
    storedCount++;
  }

  private void reclassify(StoredEvent storedEvent) {
    int now = retentionClassOf(storedEvent);
    if (now != storedEvent.retentionClass) {
      retentionClasses[storedEvent.retentionClass].remove(storedEvent);
      storedEvent.retentionClass = (byte) now;
      retentionClasses[now].add(storedEvent);
    }
  }

  private void remove(StoredEvent storedEvent) {
    retentionClasses[storedEvent.retentionClass].remove(storedEvent);
    storedCount--;
    switch (storedEvent.event().payload()) {
      case Ping ping -> {
        Collection<StoredEvent> pings = pingsByTarget.get(ping.target());
        pings.remove(storedEvent);
        if (pings.isEmpty()) {
          pingsByTarget.remove(ping.target());
        }
      }
      case Observation observation -> {
        PairObservations.Key key = PairObservations.Key.of(observation);
        PairObservations pairObservations = pairs.get(key);
        updatePair(pairObservations, () -> pairObservations.remove(storedEvent));
        if (pairObservations.isEmpty()) {
          pairs.remove(key);
        }
      }
      default -> {}
    }
  }

  /** Changes a pair and keeps the books about its surplus. */
  private void updatePair(PairObservations pairObservations, Runnable change) {
    int before = pairObservations.surplusRestarts();
    change.run();
    int after = pairObservations.surplusRestarts();
    surplusRestarts += after - before;
    String subject = pairObservations.key().subject();
    if (before == 0 && after > 0) {
      pairsWithSurplus.computeIfAbsent(subject, s -> new HashSet<>()).add(pairObservations);
    } else if (before > 0 && after == 0) {
      Set<PairObservations> left = pairsWithSurplus.get(subject);
      left.remove(pairObservations);
      if (left.isEmpty()) {
        pairsWithSurplus.remove(subject);
      }
    }
  }
}
