package nara.ledger.index;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import nara.ledger.index.SortedIndex.Cursor;

/**
 * Iterates over several indexes by time as if they were one, in either direction. An event that is
 * in several of them comes once. A step costs O(log of the number of indexes).
 */
public final class MergeCursor implements Iterator<StoredEvent> {
  private final PriorityQueue<Cursor> queue;

  /** The cursor with the next event; null while that cursor is in the queue. */
  private Cursor lead;

  private StoredEvent current;

  private MergeCursor(
      int direction, List<SortedIndex> indexes, Function<SortedIndex, Cursor> start) {
    queue =
        new PriorityQueue<>(
            (a, b) -> direction * StoredEvent.compare(a.current().event(), b.current().event()));
    for (SortedIndex index : indexes) {
      Cursor cursor = start.apply(index);
      if (cursor.hasNext()) {
        queue.add(cursor);
      }
    }
    current = nextOfAll();
  }

  /** From the first event later than a time, in ascending order. */
  public static MergeCursor after(long ts, List<SortedIndex> indexes) {
    // Long.MIN_VALUE stands for everything, including an event of exactly that time.
    return new MergeCursor(
        1, indexes, index -> index.cursor(ts == Long.MIN_VALUE ? 0 : index.rankAfter(ts)));
  }

  /** From the newest event, in descending order. */
  public static MergeCursor descending(List<SortedIndex> indexes) {
    return new MergeCursor(-1, indexes, SortedIndex::descendingCursor);
  }

  /** The event that {@link #next} returns next, or null. */
  public StoredEvent current() {
    return current;
  }

  /**
   * In descending order, from another rank of each index than its highest.
   *
   * @param start the rank of the first event; below 0 for none
   */
  public static MergeCursor descending(
      List<SortedIndex> indexes, ToIntFunction<SortedIndex> start) {
    return new MergeCursor(-1, indexes, index -> index.descendingCursor(start.applyAsInt(index)));
  }

  @Override
  public boolean hasNext() {
    return current != null;
  }

  @Override
  public StoredEvent next() {
    StoredEvent result = current;
    if (result == null) {
      throw new NoSuchElementException();
    }
    do {
      current = nextOfAll();
    } while (current == result);
    return result;
  }

  /**
   * Passes over so many events, or over all that are left. In a single index it reads none of them,
   * and costs a step for each chunk.
   */
  public void skip(long count) {
    if (count <= 0) {
      return;
    }
    if (lead == null) {
      for (long i = 0; i < count && hasNext(); i++) {
        next();
      }
      return;
    }
    // The current event is the first of them, and the lead is alone. It may begin with that event.
    lead.skip(lead.current() == current ? count : count - 1);
    if (!lead.hasNext()) {
      lead = null;
    }
    current = nextOfAll();
  }

  /** The next event of all indexes, with repetitions; null at the end. */
  private StoredEvent nextOfAll() {
    if (lead == null) {
      lead = queue.poll();
    }
    if (lead == null) {
      return null;
    }
    StoredEvent next = lead.next();
    if (!lead.hasNext()) {
      lead = null;
    } else if (!queue.isEmpty()) {
      queue.add(lead);
      lead = null;
    }
    return next;
  }
}
