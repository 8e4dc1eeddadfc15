package nara.recovery.pages;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import nara.recovery.PeerScores;

/**
 * Assigns ranges to peers, the newest first.
 *
 * <p>A peer without work gets half of what another has not requested yet. A peer that fails loses
 * its range to another, which continues where the first one stopped. A range that no peer gave is
 * open, until another fetch closes it.
 */
final class RangeScheduler {
  private final PeerScores peerScores;
  private final List<RangeFetch> pending = new ArrayList<>();
  private final Map<RangeFetch, String> inFlight = new HashMap<>();
  private final Map<String, List<RangeFetch>> completed = new HashMap<>();
  private final Set<RangeFetch> open = new LinkedHashSet<>();

  /** Peers whose events differ from those of a replica. */
  private final Set<String> differing = new HashSet<>();

  private int scheduledCount;

  RangeScheduler(PeerScores scores) {
    this.peerScores = scores;
  }

  /** Adds ranges: first those that a trusted peer has, last those that were fetched before. */
  void schedule(Collection<RangeFetch> fetches) {
    pending.addAll(fetches);
    pending.sort(
        Comparator.comparing(RangeFetch::isRecheck)
            .thenComparing(range -> range.candidates().stream().noneMatch(peerScores::trusted))
            .thenComparing(Comparator.comparingLong(RangeFetch::end).reversed()));
    scheduledCount += fetches.size();
  }

  /**
   * The next range of a peer. One that is not preferred gets only what no preferred one may.
   *
   * @param mayTake whether the ledger has room for a range
   */
  Optional<RangeFetch> assignNext(String peer, Predicate<RangeFetch> mayTake) {
    Predicate<RangeFetch> assignable =
        range ->
            range.mayBeFetchedBy(peer, peerScores)
                && mayTake.test(range)
                && (peerScores.preferred(peer)
                    || range.candidates().stream().noneMatch(peerScores::preferred));
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
    next.ifPresent(range -> inFlight.put(range, peer));
    return next;
  }

  void complete(RangeFetch range) {
    String fetcher = inFlight.remove(range);
    range.clearSeen();
    if (range.isRecheck()) {
      close(range.closes());
    }
    completed.computeIfAbsent(fetcher, first -> new ArrayList<>()).add(range);
    if (range.isRecheck() && range.gained() == 0 && !differing.contains(range.recheckedPeer())) {
      // The rejected events are everywhere the same, so further checks of that peer gain nothing.
      removePending(
          other ->
              other.recheckedPeer().equals(range.recheckedPeer())
                  && other.closes().stream().noneMatch(open::contains));
    }
  }

  /** The events of all ranges that are not received yet, as far as their number is known. */
  long remainingEvents() {
    return Stream.concat(pending.stream(), inFlight.keySet().stream())
        .filter(RangeFetch::isFirstFetch)
        .mapToLong(RangeFetch::withheldEvents)
        .sum();
  }

  /** Closes ranges that were fetched again. */
  void close(Collection<RangeFetch> covered) {
    open.removeAll(covered);
  }

  /** A range was fetched, and some of its events may still be missing. */
  void leaveOpen(RangeFetch range) {
    open.add(range);
  }

  /** A range whose fetch ended without being complete. */
  void giveUp(RangeFetch range) {
    inFlight.remove(range);
    if (range.isFirstFetch()) {
      open.add(range);
    }
  }

  /** The ranges that no peer gave. */
  Set<RangeFetch> open() {
    return open;
  }

  /** Gives a range to another candidate, which continues where this one's fetcher stopped. */
  void requeue(RangeFetch range) {
    range.removeCandidate(inFlight.remove(range));
    pending.addFirst(range);
  }

  /** Has trusted others fetch this peer's ranges again, the one with most rejected events first. */
  void recheckAll(String fetcher) {
    recheckAll(fetcher, peerScores::trusted);
  }

  /**
   * Has others fetch all ranges of both peers again: one of them gave other events than its sketch
   * promised, and nobody can tell which one.
   */
  void recheckBoth(String fetcher, String checker) {
    for (String peer : List.of(fetcher, checker)) {
      if (differing.add(peer)) {
        recheckAll(peer, peerScores::usable);
      }
    }
  }

  private void recheckAll(String fetcher, Predicate<String> mayRecheck) {
    List<RangeFetch> fetched = new ArrayList<>(completedBy(fetcher));
    inFlight.forEach(
        (range, peer) -> {
          if (peer.equals(fetcher)) {
            fetched.add(range);
          }
        });
    fetched.sort(Comparator.comparingInt(RangeFetch::rejected).reversed());
    List<RangeFetch> rechecks =
        fetched.stream()
            .map(range -> recheckOf(range, fetcher, mayRecheck))
            .flatMap(Optional::stream)
            .toList();
    pending.addAll(rechecks);
    scheduledCount += rechecks.size();
  }

  /** Has others fetch one range again. */
  void recheck(RangeFetch range, String fetcher) {
    recheckOf(range, fetcher, peerScores::trusted).ifPresent(recheck -> schedule(List.of(recheck)));
  }

  private Optional<RangeFetch> recheckOf(
      RangeFetch range, String fetcher, Predicate<String> mayRecheck) {
    Set<String> others = new HashSet<>(range.candidates());
    others.removeIf(name -> name.equals(fetcher) || !mayRecheck.test(name));
    return others.isEmpty() || range.isRecheck()
        ? Optional.empty()
        : Optional.of(range.recheck(fetcher, others));
  }

  List<RangeFetch> completedBy(String peer) {
    return completed.getOrDefault(peer, List.of());
  }

  /** Leaves ranges without a usable candidate open. */
  void abandonUnfetchable() {
    removePending(
        range -> {
          boolean unfetchable =
              range.candidates().stream().noneMatch(peer -> range.mayBeFetchedBy(peer, peerScores));
          if (unfetchable && range.isFirstFetch()) {
            open.add(range);
          }
          return unfetchable;
        });
  }

  void dropPending(Predicate<RangeFetch> which) {
    removePending(which);
  }

  private void removePending(Predicate<RangeFetch> condition) {
    int before = pending.size();
    pending.removeIf(condition);
    scheduledCount -= before - pending.size();
  }

  boolean nothingPending() {
    return pending.isEmpty();
  }

  /** Events that the ranges in flight may still bring. A peer that stalls brings none. */
  long inFlightEvents(Set<String> holders) {
    return inFlight.entrySet().stream()
        .filter(entry -> entry.getKey().initialCandidates().equals(holders))
        .filter(entry -> peerScores.of(entry.getValue()).responsive())
        .mapToLong(entry -> entry.getKey().remainingEvents())
        .sum();
  }

  /** All ranges, with the completed ones. */
  int scheduledCount() {
    return scheduledCount;
  }

  int completedCount() {
    return completed.values().stream().mapToInt(List::size).sum();
  }
}
