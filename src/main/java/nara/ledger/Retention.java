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
 * ceiling all of this is exact; at it, restarts beyond a pair's {@value Pair#KEPT} count too.
 */
final class Retention {
  static final int PINGS = 5;

  /** By how much the ceiling is above the maximum, at the least. */
  private static final int HEADROOM = 20_000;

  private static final int RANKS = 4;
  private static final int UNKNOWN_PROTECTED = 2 * RANKS;
  private static final int KNOWN_PROTECTED = UNKNOWN_PROTECTED + 2;
  private static final int CHECKPOINTS = KNOWN_PROTECTED + 2;

  private final int maximum;
  private final long ceiling;
  private final Predicate<String> hasKey;
  private final Ordered[] classes = new Ordered[CHECKPOINTS + 1];
  private final Map<String, List<Held>> pingsByTarget = new HashMap<>();
  private final Map<Pair.Key, Pair> pairs = new HashMap<>();

  /** Pairs with more restarts than are kept in any case, by subject. */
  private final Map<String, Set<Pair>> withSurplus = new HashMap<>();

  /** The latest moment that any checkpoint offered so far has reached, by subject. */
  private final Map<String, Long> coveredUntil = new HashMap<>();

  private int places;
  private int surplus;

  Retention(int maximum, Predicate<String> hasKey) {
    this.maximum = maximum;
    this.ceiling = ceiling(maximum);
    this.hasKey = hasKey;
    for (int i = 0; i < classes.length; i++) {
      classes[i] = Ordered.byAge();
    }
  }

  /** The most that is ever held under a maximum. */
  static long ceiling(int maximum) {
    return (long) maximum + Math.max(maximum, HEADROOM);
  }

  /**
   * Takes an event in under the limits of its kind. O(log n), for a checkpoint plus the restarts
   * that it makes dispensable.
   *
   * @param gone gets what has to go for it
   * @return whether the event itself stays
   */
  boolean admit(Held held, Consumer<Held> gone) {
    held.filed = (byte) classOf(held);
    file(held);
    return switch (held.event().payload()) {
      case Ping ping -> admitPing(held, ping.target(), gone);
      case Observation observation -> {
        Pair pair = pairs.computeIfAbsent(Pair.Key.of(observation), Pair::new);
        change(pair, () -> pair.add(held));
        yield trim(pair, held, gone);
      }
      case Checkpoint checkpoint -> {
        cover(checkpoint.subject(), checkpoint.asOfTime(), gone);
        yield true;
      }
      default -> true;
    };
  }

  private boolean admitPing(Held held, String target, Consumer<Held> gone) {
    List<Held> pings = pingsByTarget.computeIfAbsent(target, t -> new ArrayList<>(PINGS + 1));
    pings.add(held);
    if (pings.size() <= PINGS) {
      return true;
    }
    Held lowest = null;
    for (Held ping : pings) {
      refile(ping);
      if (lowest == null || isBelow(ping, lowest)) {
        lowest = ping;
      }
    }
    drop(lowest);
    if (lowest != held) {
      gone.accept(lowest);
    }
    return lowest != held;
  }

  private static boolean isBelow(Held a, Held b) {
    return a.filed != b.filed ? a.filed < b.filed : Held.compare(a.event(), b.event()) < 0;
  }

  /** Brings a pair within its limit; says whether the newcomer, if there is one, stays. */
  private boolean trim(Pair pair, Held newcomer, Consumer<Held> gone) {
    boolean stays = true;
    long until = coveredUntil.getOrDefault(pair.key().subject(), Long.MIN_VALUE);
    for (Held excess = pair.excess(until); excess != null; excess = pair.excess(until)) {
      drop(excess);
      if (excess == newcomer) {
        stays = false;
      } else {
        gone.accept(excess);
      }
    }
    return stays;
  }

  private void cover(String subject, long asOfTime, Consumer<Held> gone) {
    Long before = coveredUntil.get(subject);
    if (before != null && before >= asOfTime) {
      return;
    }
    coveredUntil.put(subject, asOfTime);
    for (Pair pair : List.copyOf(withSurplus.getOrDefault(subject, Set.of()))) {
      trim(pair, null, gone);
    }
  }

  /**
   * Brings the ledger down to its maximum. Amortised O(log n) for each event that goes.
   *
   * @param gone gets what went
   */
  void prune(Consumer<Held> gone) {
    while (places - surplus > maximum || places > ceiling) {
      Held lowest = lowest();
      if (lowest.filed >= UNKNOWN_PROTECTED && places <= ceiling) {
        return;
      }
      drop(lowest);
      gone.accept(lowest);
    }
  }

  /**
   * The time before which a full ledger takes in nothing but what is dearer than social events,
   * Unix nanoseconds; the earliest possible when it is not full, or still has cheaper things.
   */
  long horizon() {
    if (places - surplus < maximum) {
      return Long.MIN_VALUE;
    }
    Held lowest = lowest();
    return lowest.filed == RANKS + Held.SOCIAL ? lowest.event().ts() : Long.MIN_VALUE;
  }

  /** The most dispensable event, by the keys known now. */
  private Held lowest() {
    int i = 0;
    while (true) {
      Held first = classes[i].first();
      if (first == null) {
        i++;
        continue;
      }
      refile(first);
      if (first.filed == i) {
        return first;
      }
      i = Math.min(i, first.filed);
    }
  }

  /** The names of targets and the pings kept of each. */
  Map<String, List<Held>> pingsByTarget() {
    return pingsByTarget;
  }

  /** How many observations of the pair happened in a span, both ends included, Unix nanoseconds. */
  int observationsWithin(Pair.Key key, long from, long to) {
    Pair pair = pairs.get(key);
    return pair == null ? 0 : pair.within(from, to);
  }

  private int classOf(Held held) {
    int rank = held.rank();
    if (rank == Held.CHECKPOINT) {
      return CHECKPOINTS;
    }
    boolean known = involvesOnlyKnown(held.event());
    if (rank >= Held.FIRST_SEEN) {
      return (known ? KNOWN_PROTECTED : UNKNOWN_PROTECTED) + rank - Held.FIRST_SEEN;
    }
    return (known ? RANKS : 0) + rank;
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

  private void file(Held held) {
    classes[held.filed].add(held);
    places++;
  }

  private void refile(Held held) {
    int now = classOf(held);
    if (now != held.filed) {
      classes[held.filed].remove(held);
      held.filed = (byte) now;
      classes[now].add(held);
    }
  }

  private void drop(Held held) {
    classes[held.filed].remove(held);
    places--;
    switch (held.event().payload()) {
      case Ping ping -> {
        Collection<Held> pings = pingsByTarget.get(ping.target());
        pings.remove(held);
        if (pings.isEmpty()) {
          pingsByTarget.remove(ping.target());
        }
      }
      case Observation observation -> {
        Pair.Key key = Pair.Key.of(observation);
        Pair pair = pairs.get(key);
        change(pair, () -> pair.remove(held));
        if (pair.isEmpty()) {
          pairs.remove(key);
        }
      }
      default -> {}
    }
  }

  /** Changes a pair and keeps the books about its surplus. */
  private void change(Pair pair, Runnable change) {
    int before = pair.surplus();
    change.run();
    int after = pair.surplus();
    surplus += after - before;
    String subject = pair.key().subject();
    if (before == 0 && after > 0) {
      withSurplus.computeIfAbsent(subject, s -> new HashSet<>()).add(pair);
    } else if (before > 0 && after == 0) {
      Set<Pair> left = withSurplus.get(subject);
      left.remove(pair);
      if (left.isEmpty()) {
        withSurplus.remove(subject);
      }
    }
  }
}
