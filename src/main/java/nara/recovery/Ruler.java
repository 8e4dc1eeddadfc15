package nara.recovery;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.ledger.Query;
import nara.mesh.MeshRequest.Stated;

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
 * @param marks in ascending rank; empty when the ledger is
 */
record Ruler(List<Mark> marks) {
  /** Events from one mark to the next: five such steps and some room fill one page. */
  static final int STEP = 980;

  /** Events from one mark to the next after the last whole step. */
  static final int FINE = 28;

  /** Marks of one ruler: of more than 980,000 events, the older ones are walked unmeasured. */
  private static final int MOST_MARKS = 1_000;

  /** Steps of a range that is one page. */
  private static final int STEPS_OF_A_PAGE = 5;

  /** The share of its events in which a ledger may differ from its equals at the newest end. */
  private static final double TAIL_SHARE = 0.01;

  private static final int LEAST_TAIL = 4 * FINE;

  /**
   * An event whose place is known.
   *
   * @param rank how many events of the ledger are before it
   * @param event its time and id, as it states them
   */
  record Mark(long rank, Stated event) {
    long ts() {
      return event.ts();
    }
  }

  /**
   * A range of time with the marks in it.
   *
   * @param after exclusive, Unix nanoseconds
   * @param end inclusive
   * @param first the rank of its first event
   * @param events how many it holds at the least; 0 when that is not known
   * @param inner the marks within it where it may be cut, in ascending rank
   */
  record Span(long after, long end, long first, long events, List<Mark> inner) {
    /** All time, when nothing is known about it. */
    static final Span ALL = unmeasured(Long.MIN_VALUE, Long.MAX_VALUE);

    /** One of which only the bounds are known. */
    static Span unmeasured(long after, long end) {
      return new Span(after, end, 0, 0, List.of());
    }

    /**
     * From one mark to another. Marks belong to both their sides, so that nothing of their instant
     * is lost.
     *
     * @param from null for the beginning of time
     */
    static Span between(Mark from, Mark to, List<Mark> inner) {
      long first = from == null ? 0 : from.rank();
      long after = from == null ? Long.MIN_VALUE : before(from.ts());
      return new Span(after, to.ts(), first, to.rank() - first + 1, List.copyOf(inner));
    }

    boolean measured() {
      return events > 0;
    }

    /** The same up to the end of time. */
    Span open() {
      return new Span(after, Long.MAX_VALUE, first, events, inner);
    }

    /** Its part up to one of the inner marks. */
    Span until(Mark mark) {
      List<Mark> within = inner.stream().filter(m -> m.rank() < mark.rank()).toList();
      return new Span(after, mark.ts(), first, mark.rank() - first + 1, within);
    }

    /** Its part from one of the inner marks on. */
    Span from(Mark mark) {
      List<Mark> within = inner.stream().filter(m -> m.rank() > mark.rank()).toList();
      long left = first + events - mark.rank();
      return new Span(before(mark.ts()), end, mark.rank(), left, within);
    }
  }

  /** The query for the marks of whole steps. */
  static Query coarse() {
    return new Query.Slice(Long.MIN_VALUE, 0, STEP, MOST_MARKS, Query.Filter.ALL);
  }

  /** A ruler of those marks, oldest first. */
  static Ruler of(List<Stated> coarse) {
    List<Mark> marks = new ArrayList<>();
    coarse.forEach(event -> marks.add(new Mark((long) marks.size() * STEP, event)));
    return new Ruler(List.copyOf(marks));
  }

  /**
   * The query for the marks that are closer together; empty when there is nothing at all. They
   * begin one step early: an equal that lacks a few of the newest events may have one step less.
   */
  Optional<Query> fine() {
    int most = 2 * STEP / FINE + LEAST_TAIL;
    return fineFrom().map(m -> new Query.Slice(m.ts(), 0, FINE, most, Query.Filter.ALL));
  }

  private Optional<Mark> fineFrom() {
    return marks.isEmpty()
        ? Optional.empty()
        : Optional.of(marks.get(Math.max(0, marks.size() - 2)));
  }

  /** The same with those marks. */
  Ruler with(List<Stated> fine) {
    List<Mark> all = new ArrayList<>(marks);
    long first = fineFrom().map(Mark::rank).orElse(0L) + 1;
    for (int i = 0; i < fine.size(); i++) {
      all.add(new Mark(first + (long) i * FINE, fine.get(i)));
    }
    all.sort(Comparator.comparingLong(Mark::rank));
    return new Ruler(List.copyOf(all));
  }

  Optional<Mark> last() {
    return marks.isEmpty() ? Optional.empty() : Optional.of(marks.getLast());
  }

  /** Events up to the last mark, with it. */
  long count() {
    return marks.isEmpty() ? 0 : marks.getLast().rank() + 1;
  }

  /** About when the event was that so large a share of all is older than, 0 to below 1. */
  long timeAt(double share) {
    double rank = share * count();
    Mark from = marks.getFirst();
    for (Mark mark : marks) {
      if (mark.rank() > rank) {
        double part = (rank - from.rank()) / (mark.rank() - from.rank());
        return (long) (from.ts() + part * ((double) mark.ts() - from.ts())) - 1;
      }
      from = mark;
    }
    return before(from.ts());
  }

  /**
   * The last mark up to which both hold the same, when hardly anything comes after it in either:
   * what came in just now may not have reached both.
   */
  Optional<Mark> sharedWith(Ruler other) {
    Map<Long, Mark> others = new HashMap<>();
    other.marks.forEach(mark -> others.put(mark.rank(), mark));
    Mark shared = null;
    for (Mark mark : marks) {
      Mark same = others.get(mark.rank());
      if (same != null && !same.equals(mark)) {
        break;
      }
      shared = same == null ? shared : mark;
    }
    if (shared == null) {
      return Optional.empty();
    }
    return nearlyAll(shared) && other.nearlyAll(shared) ? Optional.of(shared) : Optional.empty();
  }

  private boolean nearlyAll(Mark shared) {
    return count() - shared.rank() <= Math.max(LEAST_TAIL, TAIL_SHARE * count());
  }

  /**
   * Cuts all time up to a mark into ranges of at most a page, the newest first.
   *
   * @param walkers who will share them; each should get some
   */
  List<Span> cut(Mark upTo, int walkers) {
    long steps = Math.clamp(upTo.rank() / STEP / (2L * walkers), 1, STEPS_OF_A_PAGE);
    List<Span> spans = new ArrayList<>();
    List<Mark> inner = new ArrayList<>();
    Mark from = null;
    for (int i = 0; i < marks.size() && marks.get(i).rank() < upTo.rank(); i++) {
      Mark mark = marks.get(i);
      if (!aloneInItsInstant(i)) {
        continue;
      }
      long start = from == null ? 0 : from.rank();
      if (mark.rank() - start >= steps * STEP) {
        spans.addFirst(Span.between(from, mark, inner));
        from = mark;
        inner = new ArrayList<>();
      } else {
        inner.add(mark);
      }
    }
    spans.addFirst(Span.between(from, upTo, inner));
    return spans;
  }

  /**
   * Whether ranges may meet there. Between two marks of one instant nothing can be cut, since a
   * cursor is a time; and that instant, which may be long, would be walked on both sides.
   */
  private boolean aloneInItsInstant(int i) {
    long ts = marks.get(i).ts();
    return (i == 0 || marks.get(i - 1).ts() < ts)
        && (i + 1 == marks.size() || ts < marks.get(i + 1).ts());
  }

  /** One nanosecond earlier, as far as there is such a time. */
  static long before(long ts) {
    return ts == Long.MIN_VALUE ? ts : ts - 1;
  }
}
