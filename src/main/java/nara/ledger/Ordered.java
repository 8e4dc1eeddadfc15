package nara.ledger;

import java.util.Arrays;
import java.util.function.ToLongFunction;
import nara.event.Event;

/**
 * A sorted multitude of events: the one structure behind every index and limit of the ledger.
 *
 * <p>Sorted by a number (a time) and, where that is equal, by {@link Held#compare}. The events
 * stand in chunks of up to {@value #CHUNK}, each with its numbers beside it in an array, so that a
 * search touches few cache lines, and a place costs 12 bytes plus slack where a tree node would
 * cost 40 and more.
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
final class Ordered {
  private static final int CHUNK = 128;

  /** Chunks made by a sweep have room for a few more. */
  private static final int SWEPT = CHUNK - CHUNK / 4;

  /** The part of what is held that may wait to be sorted in, one in so many. */
  private static final int LATE = 8;

  private static final int[] NO_SUMS = {};

  private final ToLongFunction<Held> key;
  private Run[] chunks = {new Run(0)};
  private int chunkCount = 1;

  /** How many stand in the chunks. */
  private int settled;

  /** What was added since somebody looked. */
  private Run late = new Run(0);

  /** The number of each chunk's first event: a search touches this before any chunk. */
  private long[] lows = {0};

  /** A Fenwick tree over the chunks' sizes, from 1 on; unused while there is one chunk. */
  private int[] sums = NO_SUMS;

  /** Whether chunks came or went since the tree was made; it is made again when it is needed. */
  private boolean sumsAreStale;

  private Ordered(ToLongFunction<Held> key) {
    this.key = key;
  }

  /** Sorted by time. */
  static Ordered byTime() {
    return new Ordered(held -> held.event().ts());
  }

  /** Sorted by what is kept longer within a rank: {@link Held#age}. */
  static Ordered byAge() {
    return new Ordered(Held::age);
  }

  int size() {
    return settled + late.size();
  }

  boolean isEmpty() {
    return size() == 0;
  }

  /** The lowest; null when there is none. */
  Held first() {
    settle();
    return settled == 0 ? null : chunks[0].get(0);
  }

  /** The highest; null when there is none. */
  Held last() {
    settle();
    Run chunk = chunks[chunkCount - 1];
    return settled == 0 ? null : chunk.get(chunk.size() - 1);
  }

  void add(Held held) {
    late.add(key.applyAsLong(held), held);
    if (late.size() >= Math.max(CHUNK, settled / LATE)) {
      settle();
    }
  }

  /**
   * Takes out this very object.
   *
   * @throws IllegalStateException when it is not in here: the indexes disagree
   */
  void remove(Held held) {
    settle();
    long at = key.applyAsLong(held);
    int c = chunkOf(at, held.event());
    int place = chunks[c].placeOf(at, held.event()) - 1;
    if (place < 0 || chunks[c].get(place) != held) {
      throw new IllegalStateException(held.event() + " is not in the index");
    }
    chunks[c].remove(place);
    settled--;
    count(c, -1);
    shrink(c);
  }

  /** How many have a number that is not above the given one: the rank of the first above it. */
  int rankAfter(long limit) {
    settle();
    int low = 0;
    int high = settled == 0 ? 0 : chunkCount;
    while (low < high) {
      int middle = low + high >>> 1;
      if (lows[middle] <= limit) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? 0 : before(low - 1) + chunks[low - 1].countUpTo(limit);
  }

  /** The event of a rank, from 0 to size - 1. */
  Held get(int rank) {
    return cursor(rank).held();
  }

  /** A place from which to walk; a rank of -1 or of the size stands beside the ends. */
  Cursor cursor(int rank) {
    settle();
    if (rank < 0) {
      return new Cursor(0, -1);
    }
    if (chunkCount == 1) {
      return new Cursor(0, rank);
    }
    refreshSums();
    int c = 0;
    int left = rank;
    for (int step = Integer.highestOneBit(chunkCount); step > 0; step >>= 1) {
      if (c + step <= chunkCount && sums[c + step] <= left) {
        c += step;
        left -= sums[c];
      }
    }
    return c == chunkCount
        ? new Cursor(chunkCount - 1, chunks[chunkCount - 1].size() + left)
        : new Cursor(c, left);
  }

  /** A place in the order; it is lost with the next change. */
  final class Cursor {
    private int c;
    private int place;

    private Cursor(int c, int place) {
      this.c = c;
      this.place = place;
    }

    /** The event here; null beside the ends. */
    Held held() {
      Run chunk = chunks[c];
      return place >= 0 && place < chunk.size() ? chunk.get(place) : null;
    }

    void forward() {
      if (++place >= chunks[c].size() && c + 1 < chunkCount) {
        c++;
        place = 0;
      }
    }

    void back() {
      if (--place < 0 && c > 0) {
        c--;
        place = chunks[c].size() - 1;
      }
    }
  }

  /** Sorts in what is late. */
  private void settle() {
    if (late.size() == 0) {
      return;
    }
    Run sorted = late;
    late = new Run(0);
    sorted.sort();
    if (sorted.size() >= CHUNK && sorted.size() >= settled / LATE) {
      sweep(sorted);
    } else {
      for (int i = 0; i < sorted.size(); i++) {
        insert(sorted.key(i), sorted.get(i));
      }
    }
  }

  /** Merges a sorted run with everything there is, into new chunks. */
  private void sweep(Run sorted) {
    int total = settled + sorted.size();
    Run[] old = chunks;
    int oldCount = chunkCount;
    chunks = new Run[total / SWEPT + 1];
    chunkCount = 0;
    Run chunk = new Run(SWEPT);
    int next = 0;
    for (int c = 0; c < oldCount; c++) {
      Run from = old[c];
      old[c] = null;
      for (int i = 0; i < from.size(); i++) {
        while (next < sorted.size() && sorted.compare(next, from, i) <= 0) {
          chunk = swept(chunk, sorted.key(next), sorted.get(next));
          next++;
        }
        chunk = swept(chunk, from.key(i), from.get(i));
      }
    }
    for (; next < sorted.size(); next++) {
      chunk = swept(chunk, sorted.key(next), sorted.get(next));
    }
    chunks[chunkCount++] = chunk;
    settled = total;
    lows = new long[chunks.length];
    for (int c = 0; c < chunkCount; c++) {
      lows[c] = chunks[c].key(0);
    }
    sumsAreStale = true;
  }

  /** Adds to the chunk, or to the next one when it is full. */
  private Run swept(Run chunk, long at, Held held) {
    Run target = chunk;
    if (chunk.size() == SWEPT) {
      chunks[chunkCount++] = chunk;
      target = new Run(SWEPT);
    }
    target.add(at, held);
    return target;
  }

  private void insert(long at, Held held) {
    int c = chunkOf(at, held.event());
    Run chunk = chunks[c];
    int place = chunk.placeOf(at, held.event());
    if (chunk.size() == CHUNK) {
      boolean appends = c == chunkCount - 1 && place == CHUNK;
      insertChunk(c + 1, appends ? new Run(CHUNK / 4) : chunk.splitOff(CHUNK / 2));
      if (appends || place > CHUNK / 2) {
        place -= chunk.size();
        c++;
      }
    }
    chunks[c].insert(place, at, held);
    lows[c] = chunks[c].key(0);
    settled++;
    count(c, 1);
  }

  /** The last chunk whose first event is not above the given one; the first when all are. */
  private int chunkOf(long at, Event event) {
    int low = 1;
    int high = chunkCount;
    while (low < high) {
      int middle = low + high >>> 1;
      long first = lows[middle];
      if (first < at || first == at && chunks[middle].compare(0, at, event) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /** Drops an empty chunk, joins two that are nearly empty. */
  private void shrink(int c) {
    if (chunks[c].size() == 0) {
      if (chunkCount > 1) {
        dropChunk(c);
      }
      return;
    }
    lows[c] = chunks[c].key(0);
    if (c + 1 < chunkCount && chunks[c].size() + chunks[c + 1].size() <= CHUNK / 2) {
      chunks[c].append(chunks[c + 1], 0);
      dropChunk(c + 1);
    }
  }

  private void insertChunk(int c, Run chunk) {
    if (chunkCount == chunks.length) {
      int capacity = chunkCount + (chunkCount >> 1) + 1;
      chunks = Arrays.copyOf(chunks, capacity);
      lows = Arrays.copyOf(lows, capacity);
    }
    System.arraycopy(chunks, c, chunks, c + 1, chunkCount - c);
    System.arraycopy(lows, c, lows, c + 1, chunkCount - c);
    chunks[c] = chunk;
    lows[c] = chunk.size() == 0 ? 0 : chunk.key(0);
    chunkCount++;
    sumsAreStale = true;
  }

  private void dropChunk(int c) {
    chunkCount--;
    System.arraycopy(chunks, c + 1, chunks, c, chunkCount - c);
    System.arraycopy(lows, c + 1, lows, c, chunkCount - c);
    chunks[chunkCount] = null;
    sumsAreStale = true;
  }

  private void count(int c, int change) {
    if (chunkCount > 1 && !sumsAreStale) {
      for (int i = c + 1; i <= chunkCount; i += i & -i) {
        sums[i] += change;
      }
    }
  }

  private void refreshSums() {
    if (!sumsAreStale) {
      return;
    }
    sumsAreStale = false;
    if (sums.length <= chunkCount) {
      sums = new int[chunks.length + 1];
    }
    for (int i = 1; i <= chunkCount; i++) {
      sums[i] = chunks[i - 1].size();
    }
    for (int i = 1; i <= chunkCount; i++) {
      int parent = i + (i & -i);
      if (parent <= chunkCount) {
        sums[parent] += sums[i];
      }
    }
  }

  /** How many stand in the chunks before this one. */
  private int before(int c) {
    if (c == 0) {
      return 0;
    }
    refreshSums();
    int count = 0;
    for (int i = c; i > 0; i -= i & -i) {
      count += sums[i];
    }
    return count;
  }
}
