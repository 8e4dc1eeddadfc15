package nara.recovery.pages;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.mesh.client.MeshRequest.EventRef;
import nara.recovery.pages.LedgerSketch.SketchPoint;
import nara.recovery.pages.LedgerSketch.TimeRange;

/**
 * Who holds the same as whom, by their rulers: neighbours whose ledgers agree up to a few of the
 * newest events are kin, one walk between them is enough, and any of them may do any part of it.
 */
final class ReplicaGroups {
  /**
   * Neighbours that hold the same.
   *
   * @param sketch the head's; empty when it could not be measured, and then it is alone
   * @param lastSharedPoints for each member the last mark that it shares with the head
   */
  record ReplicaGroup(
      String head, Optional<LedgerSketch> sketch, Map<String, SketchPoint> lastSharedPoints) {
    Set<String> names() {
      return lastSharedPoints.isEmpty() ? Set.of(head) : lastSharedPoints.keySet();
    }

    long count() {
      return sketch.map(LedgerSketch::count).orElse(0L);
    }

    /**
     * What has to be walked, the newest first: all that they share, by any of them, and what each
     * has beyond, which is little, by itself.
     */
    List<RangeFetch> rangeFetches() {
      if (sketch.isEmpty()) {
        return List.of(new RangeFetch(Set.of(head), TimeRange.ALL));
      }
      if (sketch.get().points().isEmpty()) {
        return List.of();
      }
      SketchPoint lastCommonPoint =
          lastSharedPoints.values().stream()
              .min(Comparator.comparingLong(SketchPoint::rank))
              .orElseThrow();
      List<TimeRange> ranges =
          new ArrayList<>(sketch.get().splitIntoRanges(lastCommonPoint, lastSharedPoints.size()));
      List<RangeFetch> rangeFetches = new ArrayList<>();
      if (lastSharedPoints.size() == 1) {
        ranges.set(0, ranges.get(0).openEnded());
      } else {
        lastSharedPoints
            .keySet()
            .forEach(name -> rangeFetches.add(tailFetch(name, lastCommonPoint)));
      }
      ranges.forEach(timeRange -> rangeFetches.add(new RangeFetch(names(), timeRange)));
      return rangeFetches;
    }

    /** What one of them has from a mark on. */
    static RangeFetch tailFetch(String name, SketchPoint from) {
      return new RangeFetch(
          Set.of(name),
          TimeRange.ofUnknownSize(LedgerSketch.oneNanoBefore(from.ts()), Long.MAX_VALUE));
    }
  }

  private final Map<String, LedgerSketch> coarseSketches = new HashMap<>();
  private final Map<String, Optional<LedgerSketch>> sketches = new LinkedHashMap<>();
  private final List<ReplicaGroup> groups = new ArrayList<>();

  /** Takes the marks of whole steps; answers with the ruler so far. */
  LedgerSketch addCoarse(String peer, List<EventRef> points) {
    LedgerSketch ledgerSketch = LedgerSketch.ofCoarse(points);
    coarseSketches.put(peer, ledgerSketch);
    return ledgerSketch;
  }

  /** Takes the marks after those: the peer is measured. */
  void addFine(String peer, List<EventRef> points) {
    sketches.put(peer, Optional.of(coarseSketches.remove(peer).withFine(points)));
  }

  /** The peer cannot be measured: it will be walked as it is. */
  void addUnsketchable(String peer) {
    sketches.put(peer, Optional.empty());
  }

  /** Whether it is known how the peer's events lie, or that it will not be. */
  boolean isResolved(String peer) {
    return sketches.containsKey(peer);
  }

  boolean anyResolved() {
    return !sketches.isEmpty();
  }

  /**
   * Puts those who are measured into groups, the largest ledger first.
   *
   * @param separate whether everybody is to be a group of its own
   * @return those who were in no group before
   */
  List<String> group(Collection<String> peers, boolean separate) {
    List<String> added =
        peers.stream()
            .filter(name -> isResolved(name) && groupOf(name).isEmpty())
            .sorted(Comparator.comparingLong(this::count).reversed())
            .toList();
    added.forEach(name -> join(name, separate));
    return added;
  }

  private void join(String name, boolean separate) {
    Optional<LedgerSketch> ruler = sketches.get(name);
    if (!separate && ruler.isPresent()) {
      for (ReplicaGroup group : groups) {
        Optional<SketchPoint> shared =
            group.sketch().flatMap(r -> r.lastPointSharedWith(ruler.get()));
        if (shared.isPresent()) {
          group.lastSharedPoints().put(name, shared.get());
          return;
        }
      }
    }
    Map<String, SketchPoint> shared = new LinkedHashMap<>();
    ruler.flatMap(LedgerSketch::lastPoint).ifPresent(last -> shared.put(name, last));
    groups.add(new ReplicaGroup(name, ruler, shared));
  }

  private long count(String name) {
    return sketches.get(name).map(LedgerSketch::count).orElse(0L);
  }

  /** The groups, the largest of those that came together first. */
  List<ReplicaGroup> groups() {
    return groups;
  }

  /** The group of a peer. */
  Optional<ReplicaGroup> groupOf(String peer) {
    return groups.stream().filter(k -> k.names().contains(peer)).findFirst();
  }

  /** So many marks of those groups, spread evenly over their events, the oldest first. */
  static List<Long> sampleTimes(List<ReplicaGroup> replicaGroups, int count) {
    List<SketchPoint> points = new ArrayList<>();
    replicaGroups.forEach(
        group -> group.sketch().ifPresent(ledgerSketch -> points.addAll(ledgerSketch.points())));
    List<SketchPoint> coarsePoints =
        points.stream()
            .filter(sketchPoint -> sketchPoint.rank() % LedgerSketch.COARSE_STEP == 0)
            .toList();
    // Of small ledgers there are only the marks after the last step.
    List<Long> times =
        (coarsePoints.size() < 2 * count ? points : coarsePoints)
            .stream().map(SketchPoint::ts).sorted().toList();
    List<Long> sampleTimes = new ArrayList<>();
    for (int i = 0; i < count && !times.isEmpty(); i++) {
      long at = LedgerSketch.oneNanoBefore(times.get((int) ((long) times.size() * i / count)));
      if (sampleTimes.isEmpty() || sampleTimes.getLast() < at) {
        sampleTimes.add(at);
      }
    }
    return sampleTimes;
  }
}
