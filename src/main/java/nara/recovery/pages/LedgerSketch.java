package nara.recovery.pages;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.EventRef;

/**
 * How a neighbour's events lie in time, told by a thousandth of them: every 980th of its ledger
 * from the oldest on, and every 28th of the newest.
 *
 * <p>The legacy mode of the wire contract gives the events whose place in the ledger leaves a
 * remainder, so a slice of one in 980 tells how many events lie between any two of its own. Two
 * rulers that agree mark by mark are of ledgers that hold the same: one event more in either would
 * move every later mark of it. By that, equals are known without fetching anything twice, the time
 * range is cut where the events are, and whoever walks a part is known to have given all of it.
 *
 * @param points in ascending rank; empty when the ledger is
 */
record LedgerSketch(List<SketchPoint> points) {
  /** Events from one mark to the next: five such steps and some room fill one page. */
  static final int COARSE_STEP = 980;

  /** Events from one mark to the next after the last whole step. */
  static final int FINE_STEP = 28;

  /** Marks of one ruler: of more than 980,000 events, the older ones are walked unmeasured. */
  private static final int MAX_POINTS = 1_000;

  /** Steps of a range that is one page. */
  private static final int STEPS_PER_PAGE = 5;

  /** The share of its events in which a ledger may differ from its equals at the newest end. */
  private static final double MAX_TAIL_SHARE = 0.01;

  private static final int MIN_TAIL = 4 * FINE_STEP;

  /**
   * An event whose place is known.
   *
   * @param rank how many events of the ledger are before it
   * @param event its time and id, as it states them
   */
  record SketchPoint(long rank, EventRef event) {
    long ts() {
      return event.ts();
    }
  }

  /**
   * A range of time with the marks in it.
   *
   * @param after exclusive, Unix nanoseconds
   * @param end inclusive
   * @param firstRank the rank of its first event
   * @param minEvents how many it holds at the least; 0 when that is not known
   * @param cutPoints the marks within it where it may be cut, in ascending rank
   */
  record TimeRange(
      long after, long end, long firstRank, long minEvents, List<SketchPoint> cutPoints) {
    /** All time, when nothing is known about it. */
    static final TimeRange ALL = ofUnknownSize(Long.MIN_VALUE, Long.MAX_VALUE);

    /** One of which only the bounds are known. */
    static TimeRange ofUnknownSize(long after, long end) {
      return new TimeRange(after, end, 0, 0, List.of());
    }

    /**
     * From one mark to another. Marks belong to both their sides, so that nothing of their instant
     * is lost.
     *
     * @param from null for the beginning of time
     */
    static TimeRange between(SketchPoint from, SketchPoint to, List<SketchPoint> cutPoints) {
      long firstRank = from == null ? 0 : from.rank();
      long after = from == null ? Long.MIN_VALUE : oneNanoBefore(from.ts());
      return new TimeRange(
          after, to.ts(), firstRank, to.rank() - firstRank + 1, List.copyOf(cutPoints));
    }

    boolean sizeKnown() {
      return minEvents > 0;
    }

    /** The same up to the end of time. */
    TimeRange openEnded() {
      return new TimeRange(after, Long.MAX_VALUE, firstRank, minEvents, cutPoints);
    }

    /** Its part up to one of the inner marks. */
    TimeRange until(SketchPoint sketchPoint) {
      List<SketchPoint> within =
          cutPoints.stream().filter(m -> m.rank() < sketchPoint.rank()).toList();
      return new TimeRange(
          after, sketchPoint.ts(), firstRank, sketchPoint.rank() - firstRank + 1, within);
    }

    /** Its part from one of the inner marks on. */
    TimeRange from(SketchPoint sketchPoint) {
      List<SketchPoint> within =
          cutPoints.stream().filter(m -> m.rank() > sketchPoint.rank()).toList();
      long remaining = firstRank + minEvents - sketchPoint.rank();
      return new TimeRange(
          oneNanoBefore(sketchPoint.ts()), end, sketchPoint.rank(), remaining, within);
    }
  }

  /** The query for the marks of whole steps. */
  static Query coarseQuery() {
    return new Query.Slice(Long.MIN_VALUE, 0, COARSE_STEP, MAX_POINTS, Query.Filter.ALL);
  }

  /** A ruler of those marks, oldest first. */
  static LedgerSketch ofCoarse(List<EventRef> coarse) {
    List<SketchPoint> points = new ArrayList<>();
    coarse.forEach(event -> points.add(new SketchPoint((long) points.size() * COARSE_STEP, event)));
    return new LedgerSketch(List.copyOf(points));
  }

  /**
   * The query for the marks that are closer together; empty when there is nothing at all. They
   * begin one step early: an equal that lacks a few of the newest events may have one step less.
   */
  Optional<Query> fineQuery() {
    int limit = 2 * COARSE_STEP / FINE_STEP + MIN_TAIL;
    return fineStart().map(m -> new Query.Slice(m.ts(), 0, FINE_STEP, limit, Query.Filter.ALL));
  }

  private Optional<SketchPoint> fineStart() {
    return points.isEmpty()
        ? Optional.empty()
        : Optional.of(points.get(Math.max(0, points.size() - 2)));
  }

  /** The same with those marks. */
  LedgerSketch withFine(List<EventRef> fine) {
    List<SketchPoint> all = new ArrayList<>(points);
    long first = fineStart().map(SketchPoint::rank).orElse(0L) + 1;
    for (int i = 0; i < fine.size(); i++) {
      all.add(new SketchPoint(first + (long) i * FINE_STEP, fine.get(i)));
    }
    all.sort(Comparator.comparingLong(SketchPoint::rank));
    return new LedgerSketch(List.copyOf(all));
  }

  Optional<SketchPoint> lastPoint() {
    return points.isEmpty() ? Optional.empty() : Optional.of(points.getLast());
  }

  /** Events up to the last mark, with it. */
  long count() {
    return points.isEmpty() ? 0 : points.getLast().rank() + 1;
  }

  /** About when the event was that so large a share of all is older than, 0 to below 1. */
  long timeAt(double share) {
    double rank = share * count();
    SketchPoint from = points.getFirst();
    for (SketchPoint sketchPoint : points) {
      if (sketchPoint.rank() > rank) {
        double part = (rank - from.rank()) / (sketchPoint.rank() - from.rank());
        return (long) (from.ts() + part * ((double) sketchPoint.ts() - from.ts())) - 1;
      }
      from = sketchPoint;
    }
    return oneNanoBefore(from.ts());
  }

  /**
   * The last mark up to which both hold the same, when hardly anything comes after it in either:
   * what came in just now may not have reached both.
   */
  Optional<SketchPoint> lastPointSharedWith(LedgerSketch other) {
    Map<Long, SketchPoint> otherPoints = new HashMap<>();
    other.points.forEach(sketchPoint -> otherPoints.put(sketchPoint.rank(), sketchPoint));
    SketchPoint shared = null;
    for (SketchPoint sketchPoint : points) {
      SketchPoint same = otherPoints.get(sketchPoint.rank());
      if (same != null && !same.equals(sketchPoint)) {
        break;
      }
      shared = same == null ? shared : sketchPoint;
    }
    if (shared == null) {
      return Optional.empty();
    }
    return isNearEnd(shared) && other.isNearEnd(shared) ? Optional.of(shared) : Optional.empty();
  }

  private boolean isNearEnd(SketchPoint shared) {
    return count() - shared.rank() <= Math.max(MIN_TAIL, MAX_TAIL_SHARE * count());
  }

  /**
   * Cuts all time up to a mark into ranges of at most a page, the newest first.
   *
   * @param fetchers who will share them; each should get some
   */
  List<TimeRange> splitIntoRanges(SketchPoint upTo, int fetchers) {
    long steps = Math.clamp(upTo.rank() / COARSE_STEP / (2L * fetchers), 1, STEPS_PER_PAGE);
    List<TimeRange> ranges = new ArrayList<>();
    List<SketchPoint> cutPoints = new ArrayList<>();
    SketchPoint from = null;
    for (int i = 0; i < points.size() && points.get(i).rank() < upTo.rank(); i++) {
      SketchPoint sketchPoint = points.get(i);
      if (!hasUniqueTimestamp(i)) {
        continue;
      }
      long start = from == null ? 0 : from.rank();
      if (sketchPoint.rank() - start >= steps * COARSE_STEP) {
        ranges.addFirst(TimeRange.between(from, sketchPoint, cutPoints));
        from = sketchPoint;
        cutPoints = new ArrayList<>();
      } else {
        cutPoints.add(sketchPoint);
      }
    }
    ranges.addFirst(TimeRange.between(from, upTo, cutPoints));
    return ranges;
  }

  /**
   * Whether ranges may meet there. Between two marks of one instant nothing can be cut, since a
   * cursor is a time; and that instant, which may be long, would be walked on both sides.
   */
  private boolean hasUniqueTimestamp(int i) {
    long ts = points.get(i).ts();
    return (i == 0 || points.get(i - 1).ts() < ts)
        && (i + 1 == points.size() || ts < points.get(i + 1).ts());
  }

  /** One nanosecond earlier, as far as there is such a time. */
  static long oneNanoBefore(long ts) {
    return ts == Long.MIN_VALUE ? ts : ts - 1;
  }
}
