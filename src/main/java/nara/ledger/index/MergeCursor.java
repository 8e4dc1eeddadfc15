package nara.ledger.index;

import java.util.List;
import java.util.PriorityQueue;

/**
 * Walks several indexes as if they were one, in either direction; an event that stands in two of
 * them comes once. A step costs O(log of the number of indexes).
 */
public final class MergeCursor {
  private final boolean forward;
  private final PriorityQueue<SortedIndex.Cursor> queue;
  private SortedIndex.Cursor current;
  private StoredEvent last;

  private MergeCursor(boolean forward, int sources) {
    this.forward = forward;
    this.queue =
        new PriorityQueue<>(
            Math.max(1, sources),
            (a, b) -> {
              int order = StoredEvent.compare(a.current().event(), b.current().event());
              return forward ? order : -order;
            });
  }

  /** From the first event later than a time on. */
  public static MergeCursor after(long ts, List<SortedIndex> sources) {
    MergeCursor mergeCursor = new MergeCursor(true, sources.size());
    for (SortedIndex source : sources) {
      // Nothing is at or before the earliest possible time but an event of exactly that time.
      mergeCursor.addSource(source.cursor(ts == Long.MIN_VALUE ? 0 : source.rankAfter(ts)));
    }
    return mergeCursor;
  }

  /** From the newest event back. */
  public static MergeCursor backward(List<SortedIndex> sources) {
    MergeCursor mergeCursor = new MergeCursor(false, sources.size());
    for (SortedIndex source : sources) {
      mergeCursor.addSource(source.cursor(source.size() - 1));
    }
    return mergeCursor;
  }

  private void addSource(SortedIndex.Cursor cursor) {
    if (cursor.current() != null) {
      queue.add(cursor);
    }
  }

  /** The next event; null at the end. */
  public StoredEvent next() {
    while (true) {
      if (current != null) {
        advance();
      }
      if (current == null) {
        current = queue.poll();
      }
      StoredEvent storedEvent = current == null ? null : current.current();
      if (storedEvent == null || storedEvent != last) {
        last = storedEvent;
        return storedEvent;
      }
    }
  }

  private void advance() {
    if (forward) {
      current.forward();
    } else {
      current.back();
    }
    if (current.current() == null) {
      current = null;
    } else if (!queue.isEmpty()) {
      queue.add(current);
      current = null;
    }
  }
}
