package nara.ledger.index;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import nara.event.EventId;

/**
 * Sorted events: the one structure behind every index and limit of the ledger.
 *
 * <p>The events are in chunks of up to {@value #CHUNK} with their keys beside them. So a search
 * touches few cache lines, and an event costs 12 bytes plus slack, where a tree node would cost 40
 * or more.
 *
 * <p>Added events stay unsorted until the next read. A few are then inserted one by one. Many (an
 * eighth of the sorted ones) are sorted and merged in one sweep, so a recovery that only adds works
 * through memory in sequence.
 *
 * <p>With n events, an addition costs amortised O(log n), mostly for sorting. A removal costs O(log
 * n) plus one array copy bounded by a chunk; about one change in 64 also moves the list of chunks.
 * Rank to event and key to rank cost O(log n) by a Fenwick tree over the sizes of the chunks. The
 * first such read after a chunk was added or removed rebuilds the tree.
 *
 * <p>Iterators and cursors are invalid after the next change.
 */
public final class SortedIndex implements Iterable<StoredEvent> {
  private static final int CHUNK = 128;

  /** A sweep leaves room for a few additions in each chunk. */
  private static final int INITIAL_FILL = CHUNK - CHUNK / 4;

  /** Up to one in so many events may be unsorted. */
  private static final int PENDING_DIVISOR = 8;

  private static final int[] NO_FENWICK = {};
  private static final EventRun NO_EVENTS = new EventRun(null, 0);

  private final EventOrder order;
  private final List<EventRun> chunks = new ArrayList<>(1);

  /** The first event of each chunk; a search starts here. */
  private EventRun firsts;

  /** The number of events in the chunks. */
  private int sortedCount;

  /** The events added since the last read. */
  private EventRun pending;

  /** A Fenwick tree over the chunks' sizes, from index 1 on; unused while there is one chunk. */
  private int[] fenwick = NO_FENWICK;

  private boolean fenwickIsStale;

  public SortedIndex(EventOrder order) {
    this.order = order;
    this.firsts = new EventRun(order, 0);
    this.pending = new EventRun(order, 0);
  }

  public int size() {
    return sortedCount + pending.size();
  }

  public boolean isEmpty() {
    return size() == 0;
  }

  /** The lowest event, or null. */
  public StoredEvent first() {
    sortPending();
    return firsts.size() == 0 ? null : firsts.get(0);
  }

  public void add(StoredEvent stored) {
    pending.add(order.key().applyAsLong(stored), stored);
    if (pending.size() >= Math.max(CHUNK, sortedCount / PENDING_DIVISOR)) {
      sortPending();
    }
  }

  /**
   * Removes this very object.
   *
   * @throws IllegalStateException when the index does not contain it: the indexes disagree
   */
  public void remove(StoredEvent stored) {
    sortPending();
    long key = order.key().applyAsLong(stored);
    Predicate<StoredEvent> notAbove = notAbove(stored);
    int c = firsts.rank(key, notAbove) - 1;
    int at = c < 0 ? -1 : chunks.get(c).rank(key, notAbove) - 1;
    if (at < 0 || chunks.get(c).get(at) != stored) {
      throw new IllegalStateException("The index does not contain " + stored.event());
    }
    EventRun chunk = chunks.get(c);
    chunk.remove(at);
    sortedCount--;
    updateFenwick(c, -1);
    if (chunk.size() == 0) {
      dropChunk(c);
      return;
    }
    firsts.set(c, chunk.key(0), chunk.get(0));
    if (c + 1 < chunks.size() && chunk.size() + chunks.get(c + 1).size() <= CHUNK / 2) {
      chunk.append(chunks.get(c + 1), 0, chunks.get(c + 1).size());
      dropChunk(c + 1);
    }
  }

  /** The number of events whose key is at most the limit: the rank of the first one above it. */
  public int rankAfter(long limit) {
    return rank(limit, stored -> true);
  }

  /** The number of events with a lower key, or with this key that pass the test. */
  int rank(long key, Predicate<StoredEvent> tie) {
    sortPending();
    int c = firsts.rank(key, tie) - 1;
    return c < 0 ? 0 : countBefore(c) + chunks.get(c).rank(key, tie);
  }

  /** The number of events before a position; for an index {@link EventOrder#BY_TIME}. */
  public int rankOf(long ts, EventId id) {
    return rank(ts, stored -> stored.event().id().compareTo(id) < 0);
  }

  /** The event of a rank, from 0 to size - 1. */
  public StoredEvent get(int rank) {
    return cursor(rank).current();
  }

  @Override
  public Iterator<StoredEvent> iterator() {
    return cursor(0);
  }

  public Stream<StoredEvent> stream() {
    return StreamSupport.stream(spliterator(), false);
  }

  public Iterable<StoredEvent> descending() {
    return this::descendingCursor;
  }

  Cursor descendingCursor() {
    return descendingCursor(size() - 1);
  }

  /** Iterates in descending order from a rank on; there is nothing beyond 0 and size - 1. */
  Cursor descendingCursor(int rank) {
    return cursor(rank, -1);
  }

  /** Iterates in ascending order from a rank on; there is nothing beyond 0 and size - 1. */
  public Cursor cursor(int rank) {
    return cursor(rank, 1);
  }

  private Cursor cursor(int rank, int step) {
    sortPending();
    if (rank < 0 || rank >= sortedCount) {
      return new Cursor(chunks.size(), NO_EVENTS, 0, step);
    }
    int c = 0;
    int left = rank;
    if (chunks.size() > 1) {
      refreshFenwick();
      for (int bit = Integer.highestOneBit(chunks.size()); bit > 0; bit >>= 1) {
        if (c + bit <= chunks.size() && fenwick[c + bit] <= left) {
          c += bit;
          left -= fenwick[c];
        }
      }
    }
    return new Cursor(c, chunks.get(c), left, step);
  }

  /** An iterator that can show its next event without moving on. */
  public final class Cursor implements Iterator<StoredEvent> {
    private final int step;

    /** The index of the chunk that contains the current event; the number of chunks at the end. */
    int chunkIndex;

    private EventRun chunk;

    /** The index of the current event in its chunk. */
    int offset;

    private Cursor(int chunkIndex, EventRun chunk, int offset, int step) {
      this.chunkIndex = chunkIndex;
      this.chunk = chunk;
      this.offset = offset;
      this.step = step;
    }

    /** The event that {@link #next} returns next, or null. */
    public StoredEvent current() {
      return hasNext() ? chunk.get(offset) : null;
    }

    @Override
    public boolean hasNext() {
      return offset >= 0 && offset < chunk.size();
    }

    @Override
    public StoredEvent next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      StoredEvent result = chunk.get(offset);
      moveBy(1);
      return result;
    }

    /** Passes over so many events, or over all that are left, in a step for each chunk. */
    void skip(long count) {
      long left = count;
      while (left > 0 && hasNext()) {
        int moved = (int) Math.min(left, step > 0 ? chunk.size() - offset : offset + 1);
        moveBy(moved);
        left -= moved;
      }
    }

    /** Moves within the chunk, or to the first event of the next one. */
    private void moveBy(int count) {
      offset += count * step;
      if (!hasNext() && chunkIndex + step >= 0 && chunkIndex + step < chunks.size()) {
        chunkIndex += step;
        chunk = chunks.get(chunkIndex);
        offset = step > 0 ? 0 : chunk.size() - 1;
      }
    }
  }

  int chunkCount() {
    sortPending();
    return chunks.size();
  }

  EventRun chunk(int c) {
    return chunks.get(c);
  }

  private void sortPending() {
    if (pending.size() == 0) {
      return;
    }
    EventRun sorted = pending;
    pending = new EventRun(order, 0);
    sorted.sort();
    if (sorted.size() >= CHUNK && sorted.size() >= sortedCount / PENDING_DIVISOR) {
      mergeIntoNewChunks(sorted);
    } else {
      for (int i = 0; i < sorted.size(); i++) {
        insert(sorted.key(i), sorted.get(i));
      }
    }
  }

  private void mergeIntoNewChunks(EventRun sorted) {
    List<EventRun> old = chunks.isEmpty() ? List.of(NO_EVENTS) : List.copyOf(chunks);
    sortedCount += sorted.size();
    chunks.clear();
    firsts = new EventRun(order, sortedCount / INITIAL_FILL + 1);
    int from = 0;
    for (EventRun chunk : old) {
      int last = chunk.size() - 1;
      int to =
          chunk == old.getLast()
              ? sorted.size()
              : sorted.rank(chunk.key(last), notAbove(chunk.get(last)));
      if (to == from && last >= 0) {
        insertChunk(chunks.size(), chunk);
        continue;
      }
      EventRun merged = new EventRun(order, chunk.size() + to - from);
      merged.appendMerged(chunk, 0, chunk.size(), sorted, from, to);
      from = to;
      if (merged.size() <= CHUNK) {
        insertChunk(chunks.size(), merged);
        continue;
      }
      int parts = Math.ceilDiv(merged.size(), INITIAL_FILL);
      int step = Math.ceilDiv(merged.size(), parts);
      for (int i = 0; i < merged.size(); i += step) {
        EventRun part = new EventRun(order, step);
        part.append(merged, i, Math.min(merged.size(), i + step));
        insertChunk(chunks.size(), part);
      }
    }
  }

  /** Tests events with the same key. */
  private Predicate<StoredEvent> notAbove(StoredEvent limit) {
    return stored -> order.ties().compare(stored, limit) <= 0;
  }

  private void insert(long key, StoredEvent stored) {
    Predicate<StoredEvent> notAbove = notAbove(stored);
    int c = Math.max(0, firsts.rank(key, notAbove) - 1);
    EventRun chunk = chunks.isEmpty() ? NO_EVENTS : chunks.get(c);
    int at = chunk.rank(key, notAbove);
    if (chunks.isEmpty() || at == CHUNK && c == chunks.size() - 1) {
      // Events that come in ascending order fill one chunk after the other.
      EventRun last = new EventRun(order, chunks.isEmpty() ? 1 : CHUNK / 4);
      last.add(key, stored);
      insertChunk(chunks.size(), last);
    } else if (chunk.size() == CHUNK) {
      insertChunk(c + 1, chunk.splitOff(CHUNK / 2));
      insert(key, stored);
      return;
    } else {
      chunk.insert(at, key, stored);
      firsts.set(c, chunk.key(0), chunk.get(0));
      updateFenwick(c, 1);
    }
    sortedCount++;
  }

  private void insertChunk(int c, EventRun chunk) {
    chunks.add(c, chunk);
    firsts.insert(c, chunk.key(0), chunk.get(0));
    fenwickIsStale = true;
  }

  private void dropChunk(int c) {
    chunks.remove(c);
    firsts.remove(c);
    fenwickIsStale = true;
  }

  private void updateFenwick(int c, int change) {
    if (chunks.size() > 1 && !fenwickIsStale) {
      for (int i = c + 1; i <= chunks.size(); i += i & -i) {
        fenwick[i] += change;
      }
    }
  }

  private void refreshFenwick() {
    if (!fenwickIsStale) {
      return;
    }
    fenwickIsStale = false;
    int count = chunks.size();
    if (fenwick.length <= count) {
      fenwick = new int[count + (count >> 1) + 1];
    }
    for (int i = 1; i <= count; i++) {
      fenwick[i] = chunks.get(i - 1).size();
    }
    for (int i = 1; i <= count; i++) {
      int parent = i + (i & -i);
      if (parent <= count) {
        fenwick[parent] += fenwick[i];
      }
    }
  }

  /** The number of events in the chunks before this one. */
  private int countBefore(int c) {
    if (c == 0) {
      return 0;
    }
    refreshFenwick();
    int count = 0;
    for (int i = c; i > 0; i -= i & -i) {
      count += fenwick[i];
    }
    return count;
  }
}
