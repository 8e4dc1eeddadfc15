package nara.recovery.pages;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The stretches of a recovery: who may take which, which are under way, and who walked what.
 *
 * <p>The newest go first. Whoever runs out of work takes half of what is left of another's; whoever
 * fails loses its stretch to another, and what it had delivered stays.
 */
final class RangeScheduler {
  private final List<RangeFetch> pending = new ArrayList<>();
  private final Map<RangeFetch, String> inFlight = new HashMap<>();
  private final Map<String, List<RangeFetch>> completed = new HashMap<>();
  private int scheduledCount;
  private int abandonedCount;

  /** Adds work. */
  void schedule(Collection<RangeFetch> rangeFetches) {
    pending.addAll(rangeFetches);
    // What is to be seen again comes after what nobody has seen.
    pending.sort(
        Comparator.comparing((RangeFetch s) -> !s.recheckedPeer().isEmpty())
            .thenComparing(Comparator.comparingLong(RangeFetch::end).reversed()));
    scheduledCount += rangeFetches.size();
  }

  /**
   * What a peer walks next.
   *
   * @param preferred whose work others get only when none of them is left: those who do not stall
   *     and are not in doubt
   */
  Optional<RangeFetch> assignNext(String peer, Predicate<String> preferred) {
    Predicate<RangeFetch> assignable =
        rangeFetch ->
            rangeFetch.hasCandidate(peer)
                && (preferred.test(peer) || rangeFetch.candidates().stream().noneMatch(preferred));
    Optional<RangeFetch> next = pending.stream().filter(assignable).findFirst();
    if (next.isPresent()) {
      pending.remove(next.get());
    } else {
      next =
          inFlight.keySet().stream()
              .filter(assignable)
              .max(
                  Comparator.comparingLong(RangeFetch::remainingEvents)
                      .thenComparingLong(RangeFetch::end))
              .flatMap(RangeFetch::split);
      next.ifPresent(half -> scheduledCount++);
    }
    next.ifPresent(rangeFetch -> inFlight.put(rangeFetch, peer));
    return next;
  }

  /** A stretch is walked to its end. */
  void complete(RangeFetch rangeFetch) {
    String fetcher = inFlight.remove(rangeFetch);
    rangeFetch.clearSeen();
    completed.computeIfAbsent(fetcher, first -> new ArrayList<>()).add(rangeFetch);
    if (!rangeFetch.recheckedPeer().isEmpty() && rangeFetch.gained() == 0) {
      // What others refuse of it is what everybody has: there is nothing to mend.
      dropRechecks(rangeFetch.recheckedPeer());
    }
  }

  /** Its walker will not do it: another of its candidates may, who goes on where it stopped. */
  void requeue(RangeFetch rangeFetch) {
    rangeFetch.removeCandidate(inFlight.remove(rangeFetch));
    pending.addFirst(rangeFetch);
  }

  /** Lets others walk what this one walked for them, what it was refused most for first. */
  void recheck(String fetcher, Predicate<String> trusted) {
    List<RangeFetch> rechecks = new ArrayList<>();
    List<RangeFetch> fetched = new ArrayList<>(completed.getOrDefault(fetcher, List.of()));
    inFlight.forEach(
        (rangeFetch, peer) -> {
          if (peer.equals(fetcher)) {
            fetched.add(rangeFetch);
          }
        });
    fetched.sort(Comparator.comparingInt(RangeFetch::rejected).reversed());
    for (RangeFetch rangeFetch : fetched) {
      recheck(rangeFetch, fetcher, trusted).ifPresent(rechecks::add);
    }
    pending.addAll(rechecks);
    scheduledCount += rechecks.size();
  }

  /** Lets others walk this one stretch of it. */
  Optional<RangeFetch> recheck(RangeFetch rangeFetch, String fetcher, Predicate<String> trusted) {
    Set<String> others = new HashSet<>(rangeFetch.candidates());
    others.removeIf(name -> name.equals(fetcher) || !trusted.test(name));
    return others.isEmpty() || !rangeFetch.recheckedPeer().isEmpty()
        ? Optional.empty()
        : Optional.of(rangeFetch.recheck(fetcher, others));
  }

  private void dropRechecks(String peer) {
    int before = pending.size();
    pending.removeIf(rangeFetch -> rangeFetch.recheckedPeer().equals(peer));
    scheduledCount -= before - pending.size();
  }

  /** What a peer has walked to the end. */
  List<RangeFetch> completedBy(String peer) {
    return completed.getOrDefault(peer, List.of());
  }

  /**
   * Gives up what nobody who is left can walk.
   *
   * @param countsAsLoss whether it is a loss when that peer's events do not come
   */
  void abandonUnfetchable(Predicate<String> usable, Predicate<String> countsAsLoss) {
    int before = pending.size();
    pending.removeIf(
        rangeFetch -> {
          boolean nobody = rangeFetch.candidates().stream().noneMatch(usable);
          boolean loss =
              rangeFetch.recheckedPeer().isEmpty()
                  && rangeFetch.initialCandidates().stream().anyMatch(countsAsLoss);
          abandonedCount += nobody && loss ? 1 : 0;
          return nobody;
        });
    scheduledCount -= before - pending.size();
  }

  /** Leaves what has not begun. */
  void dropPending() {
    scheduledCount -= pending.size();
    pending.clear();
  }

  /** Whether nothing is left to begin. */
  boolean nothingPending() {
    return pending.isEmpty();
  }

  /** Events that what is under way with those peers may bring still. */
  long inFlightEvents(Predicate<String> peerFilter) {
    return inFlight.entrySet().stream()
        .filter(entry -> peerFilter.test(entry.getValue()))
        .mapToLong(entry -> entry.getKey().remainingEvents())
        .sum();
  }

  /** Stretches that nobody could walk. */
  int abandonedCount() {
    return abandonedCount;
  }

  /** All stretches that were to be walked, the walked ones among them. */
  int scheduledCount() {
    return scheduledCount;
  }

  int completedCount() {
    return completed.values().stream().mapToInt(List::size).sum();
  }
}
