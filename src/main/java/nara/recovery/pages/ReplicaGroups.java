package nara.recovery.pages;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.recovery.PeerScores;
import nara.recovery.pages.LedgerSketch.SketchPoint;
import nara.recovery.pages.LedgerSketch.TimeRange;

/**
 * Groups of peers whose sketches agree up to a few of the newest events. One fetch serves the whole
 * group, and any member can fetch any range.
 */
final class ReplicaGroups {
  /**
   * Peers that hold the same events.
   *
   * @param sketch the head's; empty when the head is unsketchable, and then it is alone
   * @param lastSharedPoints by member, the last point that it shares with the head
   */
  record ReplicaGroup(
      String head, Optional<LedgerSketch> sketch, Map<String, SketchPoint> lastSharedPoints) {
    Set<String> names() {
      return lastSharedPoints.isEmpty() ? Set.of(head) : lastSharedPoints.keySet();
    }

    long count() {
      return sketch.map(LedgerSketch::count).orElse(0L);
    }

    /** Whether fetching it costs less than a hole: probes can miss the only event that it adds. */
    boolean isSmall() {
      return count() <= PagesLimits.FETCHED_UNPROBED;
    }

    /** The ranges that the members share, newest first, after each member's tail beyond them. */
    List<RangeFetch> fetches() {
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
      List<RangeFetch> fetches = new ArrayList<>();
      if (lastSharedPoints.size() == 1) {
        ranges.set(0, ranges.getFirst().openEnded());
      } else {
        names().forEach(name -> fetches.add(tailFetch(name, lastCommonPoint)));
      }
      ranges.forEach(range -> fetches.add(new RangeFetch(names(), range)));
      return fetches;
    }

    /** A member's events from a point on. */
    static RangeFetch tailFetch(String name, SketchPoint from) {
      return new RangeFetch(Set.of(name), TimeRange.ofUnknownSize(from.cursor(), Long.MAX_VALUE));
    }
  }

  private final PeerScores peerScores;
  private final Map<String, Optional<LedgerSketch>> sketches = new LinkedHashMap<>();
  private final List<ReplicaGroup> groups = new ArrayList<>();

  ReplicaGroups(PeerScores scores) {
    this.peerScores = scores;
  }

  /** Adds a peer. Without a sketch it is unsketchable: the rung fetches all that it holds. */
  void add(String peer, Optional<LedgerSketch> sketch) {
    sketches.put(peer, sketch);
  }

  /** Whether the peer is sketched or unsketchable. */
  boolean isResolved(String peer) {
    return sketches.containsKey(peer);
  }

  /** Whether the peer is sketched and holds nothing. */
  boolean isEmpty(String peer) {
    return sketches.getOrDefault(peer, Optional.empty()).filter(s -> s.count() == 0).isPresent();
  }

  boolean anyResolved() {
    return !sketches.isEmpty();
  }

  /**
   * Groups the resolved peers, the largest ledger first.
   *
   * @param separate whether each peer gets a group of its own
   * @return the peers that had no group before
   */
  List<String> group(Collection<String> peers, boolean separate) {
    List<String> added =
        peers.stream()
            .filter(name -> isResolved(name) && of(name).isEmpty())
            .sorted(
                Comparator.comparingLong(
                        (String name) -> sketches.get(name).map(LedgerSketch::count).orElse(0L))
                    .reversed())
            .toList();
    added.forEach(name -> join(name, separate));
    return added;
  }

  private void join(String name, boolean separate) {
    Optional<LedgerSketch> sketch = sketches.get(name);
    if (!separate && sketch.isPresent()) {
      for (ReplicaGroup group : groups) {
        Optional<SketchPoint> shared =
            group.sketch().flatMap(head -> head.lastPointSharedWith(sketch.get()));
        if (shared.isPresent()) {
          group.lastSharedPoints().put(name, shared.get());
          return;
        }
      }
    }
    Map<String, SketchPoint> shared = new LinkedHashMap<>();
    sketch.flatMap(LedgerSketch::lastPoint).ifPresent(last -> shared.put(name, last));
    groups.add(new ReplicaGroup(name, sketch, shared));
  }

  /** The groups, of those that were added together the largest first. */
  List<ReplicaGroup> all() {
    return groups;
  }

  Optional<ReplicaGroup> of(String peer) {
    return groups.stream().filter(group -> group.names().contains(peer)).findFirst();
  }

  /** A usable member, a preferred one where there is one. */
  Optional<String> pickMember(ReplicaGroup group) {
    List<String> usable = group.names().stream().filter(peerScores::usable).toList();
    return usable.stream()
        .filter(peerScores::preferred)
        .findFirst()
        .or(() -> usable.stream().findFirst());
  }

  /** The peer for requests that one peer can serve for all: of the largest group, if possible. */
  Optional<String> representative() {
    return groups.stream().map(this::pickMember).flatMap(Optional::stream).findFirst();
  }

  /** Cursors for so many samples, spread evenly over the groups' events, the oldest first. */
  static List<Long> sampleCursors(List<ReplicaGroup> groups, int count) {
    List<SketchPoint> points =
        groups.stream()
            .flatMap(group -> group.sketch().stream())
            .flatMap(sketch -> sketch.points().stream())
            .toList();
    List<SketchPoint> coarse =
        points.stream().filter(point -> point.rank() % PagesLimits.COARSE_STEP == 0).toList();
    // Small ledgers have hardly any coarse points.
    List<Long> cursors =
        (coarse.size() < 2 * count ? points : coarse)
            .stream().map(SketchPoint::cursor).sorted().toList();
    List<Long> samples = new ArrayList<>();
    for (int i = 0; i < count && !cursors.isEmpty(); i++) {
      long cursor = cursors.get((int) ((long) cursors.size() * i / count));
      if (samples.isEmpty() || samples.getLast() < cursor) {
        samples.add(cursor);
      }
    }
    return samples;
  }
}
