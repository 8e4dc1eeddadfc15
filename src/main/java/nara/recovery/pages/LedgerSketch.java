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
 * A peer's ledger by about a thousandth of its events: every 1,225th from the oldest on, and every
 * 49th of the newest.
 *
 * <p>A slice of the wire contract holds the events whose rank in the ledger leaves a given
 * remainder. So a slice of one in 1,225 tells how many events lie between any two of its events.
 * Two equal sketches are of equal ledgers, because one more event in either would move all its
 * later points. So the rung fetches the events of replicas only once. It divides the time range
 * evenly, and knows when a peer has given all events of a range.
 *
 * @param points in ascending rank; empty for an empty ledger
 */
record LedgerSketch(List<SketchPoint> points) {
  /** An event and its rank: the number of events before it in the ledger. */
  record SketchPoint(long rank, EventRef event) {
    long ts() {
      return event.ts();
    }

    /** The cursor of a page that starts with the events of this point's time. */
    long cursor() {
      return Query.Page.cursorIncluding(event.ts());
    }
  }

  /**
   * A range of time.
   *
   * @param after exclusive, Unix nanoseconds
   * @param end inclusive
   * @param firstRank the rank of its first event
   * @param minEvents the least number of its events; 0 when unknown
   * @param cutPoints points where it can be split, in ascending rank; some may lie outside
   */
  record TimeRange(
      long after, long end, long firstRank, long minEvents, List<SketchPoint> cutPoints) {
    static final TimeRange ALL = ofUnknownSize(Long.MIN_VALUE, Long.MAX_VALUE);

    static TimeRange ofUnknownSize(long after, long end) {
      return new TimeRange(after, end, 0, 0, List.of());
    }

    /**
     * The range from one point to another. A point belongs to the ranges on both its sides, so that
     * no event of its time is lost.
     *
     * @param from null for the start of time
     */
    static TimeRange between(SketchPoint from, SketchPoint to, List<SketchPoint> cutPoints) {
      long firstRank = from == null ? 0 : from.rank();
      long after = from == null ? Long.MIN_VALUE : from.cursor();
      return new TimeRange(
          after, to.ts(), firstRank, to.rank() - firstRank + 1, List.copyOf(cutPoints));
    }

    boolean sizeKnown() {
      return minEvents > 0;
    }

    TimeRange openEnded() {
      return new TimeRange(after, Long.MAX_VALUE, firstRank, minEvents, cutPoints);
    }

    /** The part up to a cut point. */
    TimeRange until(SketchPoint point) {
      long size = point.rank() - firstRank + 1;
      return new TimeRange(after, point.ts(), firstRank, size, cutPoints);
    }

    /** The part from a cut point on. */
    TimeRange from(SketchPoint point) {
      long size = firstRank + minEvents - point.rank();
      return new TimeRange(point.cursor(), end, point.rank(), size, cutPoints);
    }
  }

  /** The query for the newest coarse points. With fewer points, they are all of the ledger. */
  static Query coarseQuery(int maxPoints) {
    return new Query.Slice(Long.MIN_VALUE, 0, PagesLimits.COARSE_STEP, maxPoints, Query.Filter.ALL);
  }

  /** The sketch of the coarse query's events, oldest first. */
  static LedgerSketch ofCoarse(List<EventRef> coarse) {
    return new LedgerSketch(points(coarse, 0, PagesLimits.COARSE_STEP));
  }

  private static List<SketchPoint> points(List<EventRef> events, long firstRank, int step) {
    List<SketchPoint> points = new ArrayList<>(events.size());
    for (EventRef event : events) {
      points.add(new SketchPoint(firstRank + (long) points.size() * step, event));
    }
    return points;
  }

  /**
   * The query for the fine points; empty for an empty ledger. They start one coarse step early,
   * because a replica that lacks a few of the newest events may have one coarse step less.
   */
  Optional<Query> fineQuery() {
    int limit = 2 * PagesLimits.COARSE_STEP / PagesLimits.FINE_STEP + PagesLimits.MIN_TAIL;
    return fineStart()
        .map(p -> new Query.Slice(p.ts(), 0, PagesLimits.FINE_STEP, limit, Query.Filter.ALL));
  }

  private Optional<SketchPoint> fineStart() {
    return points.isEmpty()
        ? Optional.empty()
        : Optional.of(points.get(Math.max(0, points.size() - 2)));
  }

  LedgerSketch withFine(List<EventRef> fine) {
    long firstRank = fineStart().map(SketchPoint::rank).orElse(0L) + 1;
    List<SketchPoint> all = new ArrayList<>(points);
    all.addAll(points(fine, firstRank, PagesLimits.FINE_STEP));
    all.sort(Comparator.comparingLong(SketchPoint::rank));
    return new LedgerSketch(List.copyOf(all));
  }

  Optional<SketchPoint> lastPoint() {
    return points.isEmpty() ? Optional.empty() : Optional.of(points.getLast());
  }

  /** The number of events up to the last point, inclusive. */
  long count() {
    return points.isEmpty() ? 0 : points.getLast().rank() + 1;
  }

  /** A cursor about so large a share of all events after the oldest, 0 to below 1. */
  long cursorAt(double share) {
    double rank = share * count();
    SketchPoint from = points.getFirst();
    for (SketchPoint to : points) {
      if (to.rank() > rank) {
        double part = (rank - from.rank()) / (to.rank() - from.rank());
        return Query.Page.cursorIncluding(
            (long) (from.ts() + part * ((double) to.ts() - from.ts())));
      }
      from = to;
    }
    return from.cursor();
  }

  /**
   * The last point up to which both ledgers are equal. Empty when many events follow it in either:
   * replicas differ only in the newest events, which may not have reached both yet.
   */
  Optional<SketchPoint> lastPointSharedWith(LedgerSketch other) {
    Map<Long, SketchPoint> otherPoints = new HashMap<>();
    other.points.forEach(point -> otherPoints.put(point.rank(), point));
    SketchPoint shared = null;
    for (SketchPoint point : points) {
      SketchPoint same = otherPoints.get(point.rank());
      if (same != null && !same.equals(point)) {
        break;
      }
      shared = same == null ? shared : point;
    }
    return shared != null && isNearEnd(shared) && other.isNearEnd(shared)
        ? Optional.of(shared)
        : Optional.empty();
  }

  private boolean isNearEnd(SketchPoint point) {
    double maxTail = Math.max(PagesLimits.MIN_TAIL, PagesLimits.MAX_TAIL_SHARE * count());
    return count() - point.rank() <= maxTail;
  }

  /**
   * Splits all time up to a point into ranges of at most a page, the newest first.
   *
   * @param fetchers peers that share the ranges; each should get some
   */
  List<TimeRange> splitIntoRanges(SketchPoint upTo, int fetchers) {
    long steps =
        Math.clamp(
            upTo.rank() / PagesLimits.COARSE_STEP / (2L * fetchers), 1, PagesLimits.STEPS_PER_PAGE);
    List<TimeRange> ranges = new ArrayList<>();
    List<SketchPoint> cutPoints = new ArrayList<>();
    SketchPoint from = null;
    for (int i = 0; i < points.size() && points.get(i).rank() < upTo.rank(); i++) {
      SketchPoint point = points.get(i);
      if (!hasUniqueTimestamp(i)) {
        continue;
      }
      long start = from == null ? 0 : from.rank();
      if (point.rank() - start >= steps * PagesLimits.COARSE_STEP) {
        ranges.addFirst(TimeRange.between(from, point, cutPoints));
        from = point;
        cutPoints = new ArrayList<>();
      } else {
        cutPoints.add(point);
      }
    }
    ranges.addFirst(TimeRange.between(from, upTo, cutPoints));
    return ranges;
  }

  /**
   * Whether ranges can meet at this point. A cursor is a time, so it cannot separate two points of
   * the same time: both ranges would fetch all events of that time.
   */
  private boolean hasUniqueTimestamp(int i) {
    long ts = points.get(i).ts();
    return (i == 0 || points.get(i - 1).ts() < ts)
        && (i + 1 == points.size() || ts < points.get(i + 1).ts());
  }
}
