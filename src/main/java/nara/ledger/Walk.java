package nara.ledger;

import java.util.List;
import java.util.PriorityQueue;

/**
 * Walks several indexes as if they were one, in either direction; an event that stands in two of
 * them comes once. A step costs O(log of the number of indexes).
 */
final class Walk {
  private final boolean forward;
  private final PriorityQueue<Ordered.Cursor> others;
  private Ordered.Cursor current;
  private Held last;

  private Walk(boolean forward, int sources) {
    this.forward = forward;
    this.others =
        new PriorityQueue<>(
            Math.max(1, sources),
            (a, b) -> {
              int order = Held.compare(a.held().event(), b.held().event());
              return forward ? order : -order;
            });
  }

  /** From the first event later than a time on. */
  static Walk after(long ts, List<Ordered> sources) {
    Walk walk = new Walk(true, sources.size());
    for (Ordered source : sources) {
      // Nothing is at or before the earliest possible time but an event of exactly that time.
      walk.start(source.cursor(ts == Long.MIN_VALUE ? 0 : source.rankAfter(ts)));
    }
    return walk;
  }

  /** From the newest event back. */
  static Walk back(List<Ordered> sources) {
    Walk walk = new Walk(false, sources.size());
    for (Ordered source : sources) {
      walk.start(source.cursor(source.size() - 1));
    }
    return walk;
  }

  private void start(Ordered.Cursor cursor) {
    if (cursor.held() != null) {
      others.add(cursor);
    }
  }

  /** The next event; null at the end. */
  Held next() {
    while (true) {
      if (current != null) {
        step();
      }
      if (current == null) {
        current = others.poll();
      }
      Held held = current == null ? null : current.held();
      if (held == null || held != last) {
        last = held;
        return held;
      }
    }
  }

  private void step() {
    if (forward) {
      current.forward();
    } else {
      current.back();
    }
    if (current.held() == null) {
      current = null;
    } else if (!others.isEmpty()) {
      others.add(current);
      current = null;
    }
  }
}
