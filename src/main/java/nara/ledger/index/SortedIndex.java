package nara.ledger.index;

import java.util.Arrays;
import java.util.function.ToLongFunction;
import nara.event.Event;

/**
 * A sorted multitude of events: the one structure behind every index and limit of the ledger.
 *
 * <p>Sorted by a number (a time) and, where that is equal, by {@link StoredEvent#compare}. The
 * events stand in chunks of up to {@value #CHUNK}, each with its numbers beside it in an array, so
 * that a search touches few cache lines, and a place costs 12 bytes plus slack where a tree node
 * would cost 40 and more.
 *
 * <p>What is added waits unsorted until somebody looks. A few late ones are then put in one by one;
 * when they are many (an eighth of what is there) they are sorted and merged in one sweep. A ledger
 * that only takes in, as in a recovery, so works in sequence through memory whatever its size.
 *
 * <p>n events held. Add: amortised O(log n), of which most is sorting. Remove: O(log n) plus one
 * array copy that a chunk bounds; once in dozens of changes a chunk comes or goes, which moves the
 * list of chunks. Rank to event and time to rank: O(log n), by a Fenwick tree over the chunks'
 * sizes, which the first such question after a chunk came or went makes anew.
 */
public final class SortedIndex {
  private static final int CHUNK = 128;

  /** Chunks made by a sweep have room for a few more. */
  private static final int INITIAL_FILL = CHUNK - CHUNK / 4;

  /** The part of what is held that may wait to be sorted in, one in so many. */
  private static final int PENDING_DIVISOR = 8;

  private static final int[] EMPTY_FENWICK = {};

  private final ToLongFunction<StoredEvent> key;
  private EventRun[] chunks = {new EventRun(0)};
  private int chunkCount = 1;

  /** How many stand in the chunks. */
  private int sortedCount;

  /** What was added since somebody looked. */
  private EventRun pending = new EventRun(0);

  /** The number of each chunk's first event: a search touches this before any chunk. */
  private long[] firstKeys = {0};

  /** A Fenwick tree over the chunks' sizes, from 1 on; unused while there is one chunk. */
  private int[] fenwick = EMPTY_FENWICK;

  /** Whether chunks came or went since the tree was made; it is made again when it is needed. */
  private boolean fenwickIsStale;

  private SortedIndex(ToLongFunction<StoredEvent> key) {
    this.key = key;
  }

  /** Sorted by time. */
  static SortedIndex byTime() {
    return new SortedIndex(storedEvent -> storedEvent.event().ts());
  }

  /** Sorted by what is kept longer within a rank: {@link StoredEvent#retentionTime}. */
  public static SortedIndex byRetentionTime() {
    return new SortedIndex(StoredEvent::retentionTime);
  }

  public int size() {
    return sortedCount + pending.size();
  }

  public boolean isEmpty() {
    return size() == 0;
  }

  /** The lowest; null when there is none. */
  public StoredEvent first() {
    sortPending();
    return sortedCount == 0 ? null : chunks[0].get(0);
  }

  /** The highest; null when there is none. */
  StoredEvent last() {
    sortPending();
    EventRun chunk = chunks[chunkCount - 1];
    return sortedCount == 0 ? null : chunk.get(chunk.size() - 1);
  }

  public void add(StoredEvent storedEvent) {
    pending.add(key.applyAsLong(storedEvent), storedEvent);
    if (pending.size() >= Math.max(CHUNK, sortedCount / PENDING_DIVISOR)) {
      sortPending();
    }
  }

  /**
   * Takes out this very object.
   *
   * @throws IllegalStateException when it is not in here: the indexes disagree
   */
  public void remove(StoredEvent storedEvent) {
    sortPending();
    long at = key.applyAsLong(storedEvent);
    int c = chunkOf(at, storedEvent.event());
    int place = chunks[c].insertionPoint(at, storedEvent.event()) - 1;
    if (place < 0 || chunks[c].get(place) != storedEvent) {
      throw new IllegalStateException(storedEvent.event() + " is not in the index");
    }
    chunks[c].remove(place);
    sortedCount--;
    updateFenwick(c, -1);
    shrinkChunk(c);
  }

  /** How many have a number that is not above the given one: the rank of the first above it. */
  public int rankAfter(long limit) {
    sortPending();
    int low = 0;
    int high = sortedCount == 0 ? 0 : chunkCount;
    while (low < high) {
      int middle = low + high >>> 1;
      if (firstKeys[middle] <= limit) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? 0 : countBefore(low - 1) + chunks[low - 1].countUpTo(limit);
  }

  /** The event of a rank, from 0 to size - 1. */
  public StoredEvent get(int rank) {
    return cursor(rank).current();
  }

  /** A place from which to walk; a rank of -1 or of the size stands beside the ends. */
  public Cursor cursor(int rank) {
    sortPending();
    if (rank < 0) {
      return new Cursor(0, -1);
    }
    if (chunkCount == 1) {
      return new Cursor(0, rank);
    }
    refreshFenwick();
    int c = 0;
    int left = rank;
    for (int step = Integer.highestOneBit(chunkCount); step > 0; step >>= 1) {
      if (c + step <= chunkCount && fenwick[c + step] <= left) {
        c += step;
        left -= fenwick[c];
      }
    }
    return c == chunkCount
        ? new Cursor(chunkCount - 1, chunks[chunkCount - 1].size() + left)
        : new Cursor(c, left);
  }

  /** A place in the order; it is lost with the next change. */
  public final class Cursor {
    private int chunkIndex;
    private int offset;

    private Cursor(int c, int place) {
      this.chunkIndex = c;
      this.offset = place;
    }

    /** The event here; null beside the ends. */
    public StoredEvent current() {
      EventRun chunk = chunks[chunkIndex];
      return offset >= 0 && offset < chunk.size() ? chunk.get(offset) : null;
    }

    public void forward() {
      if (++offset >= chunks[chunkIndex].size() && chunkIndex + 1 < chunkCount) {
        chunkIndex++;
        offset = 0;
      }
    }

    public void back() {
      if (--offset < 0 && chunkIndex > 0) {
        chunkIndex--;
        offset = chunks[chunkIndex].size() - 1;
      }
    }
  }

  /** Sorts in what is late. */
  private void sortPending() {
    if (pending.size() == 0) {
      return;
    }
    EventRun sorted = pending;
    pending = new EventRun(0);
    sorted.sort();
    if (sorted.size() >= CHUNK && sorted.size() >= sortedCount / PENDING_DIVISOR) {
      mergePending(sorted);
    } else {
      for (int i = 0; i < sorted.size(); i++) {
        insert(sorted.key(i), sorted.get(i));
      }
    }
  }

  /** Merges a sorted run with everything there is, into new chunks. */
  private void mergePending(EventRun sorted) {
    int total = sortedCount + sorted.size();
    EventRun[] old = chunks;
    int oldCount = chunkCount;
    chunks = new EventRun[total / INITIAL_FILL + 1];
    chunkCount = 0;
    EventRun chunk = new EventRun(INITIAL_FILL);
    int next = 0;
    for (int c = 0; c < oldCount; c++) {
      EventRun from = old[c];
      old[c] = null;
      for (int i = 0; i < from.size(); i++) {
        while (next < sorted.size() && sorted.compare(next, from, i) <= 0) {
          chunk = appendMerged(chunk, sorted.key(next), sorted.get(next));
          next++;
        }
        chunk = appendMerged(chunk, from.key(i), from.get(i));
      }
    }
    for (; next < sorted.size(); next++) {
      chunk = appendMerged(chunk, sorted.key(next), sorted.get(next));
    }
    chunks[chunkCount++] = chunk;
    sortedCount = total;
    firstKeys = new long[chunks.length];
    for (int c = 0; c < chunkCount; c++) {
      firstKeys[c] = chunks[c].key(0);
    }
    fenwickIsStale = true;
  }

  /** Adds to the chunk, or to the next one when it is full. */
  private EventRun appendMerged(EventRun chunk, long at, StoredEvent storedEvent) {
    EventRun target = chunk;
    if (chunk.size() == INITIAL_FILL) {
      chunks[chunkCount++] = chunk;
      target = new EventRun(INITIAL_FILL);
    }
    target.add(at, storedEvent);
    return target;
  }

  private void insert(long at, StoredEvent storedEvent) {
    int c = chunkOf(at, storedEvent.event());
    EventRun chunk = chunks[c];
    int place = chunk.insertionPoint(at, storedEvent.event());
    if (chunk.size() == CHUNK) {
      boolean appends = c == chunkCount - 1 && place == CHUNK;
      insertChunk(c + 1, appends ? new EventRun(CHUNK / 4) : chunk.splitOff(CHUNK / 2));
      if (appends || place > CHUNK / 2) {
        place -= chunk.size();
        c++;
      }
    }
    chunks[c].insert(place, at, storedEvent);
    firstKeys[c] = chunks[c].key(0);
    sortedCount++;
    updateFenwick(c, 1);
  }

  /** The last chunk whose first event is not above the given one; the first when all are. */
  private int chunkOf(long at, Event event) {
    int low = 1;
    int high = chunkCount;
    while (low < high) {
      int middle = low + high >>> 1;
      long first = firstKeys[middle];
      if (first < at || first == at && chunks[middle].compare(0, at, event) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /** Drops an empty chunk, joins two that are nearly empty. */
  private void shrinkChunk(int c) {
    if (chunks[c].size() == 0) {
      if (chunkCount > 1) {
        dropChunk(c);
      }
      return;
    }
    firstKeys[c] = chunks[c].key(0);
    if (c + 1 < chunkCount && chunks[c].size() + chunks[c + 1].size() <= CHUNK / 2) {
      chunks[c].append(chunks[c + 1], 0);
      dropChunk(c + 1);
    }
  }

  private void insertChunk(int c, EventRun chunk) {
    if (chunkCount == chunks.length) {
      int capacity = chunkCount + (chunkCount >> 1) + 1;
      chunks = Arrays.copyOf(chunks, capacity);
      firstKeys = Arrays.copyOf(firstKeys, capacity);
    }
    System.arraycopy(chunks, c, chunks, c + 1, chunkCount - c);
    System.arraycopy(firstKeys, c, firstKeys, c + 1, chunkCount - c);
    chunks[c] = chunk;
    firstKeys[c] = chunk.size() == 0 ? 0 : chunk.key(0);
    chunkCount++;
    fenwickIsStale = true;
  }

  private void dropChunk(int c) {
    chunkCount--;
    System.arraycopy(chunks, c + 1, chunks, c, chunkCount - c);
    System.arraycopy(firstKeys, c + 1, firstKeys, c, chunkCount - c);
    chunks[chunkCount] = null;
    fenwickIsStale = true;
  }

  private void updateFenwick(int c, int change) {
    if (chunkCount > 1 && !fenwickIsStale) {
      for (int i = c + 1; i <= chunkCount; i += i & -i) {
        fenwick[i] += change;
      }
    }
  }

  private void refreshFenwick() {
    if (!fenwickIsStale) {
      return;
    }
    fenwickIsStale = false;
    if (fenwick.length <= chunkCount) {
      fenwick = new int[chunks.length + 1];
    }
    for (int i = 1; i <= chunkCount; i++) {
      fenwick[i] = chunks[i - 1].size();
    }
    for (int i = 1; i <= chunkCount; i++) {
      int parent = i + (i & -i);
      if (parent <= chunkCount) {
        fenwick[parent] += fenwick[i];
      }
    }
  }

  /** How many stand in the chunks before this one. */
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
