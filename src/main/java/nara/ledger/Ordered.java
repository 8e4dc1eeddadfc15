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
 * <p>n events held. Search: O(log n). Add and remove: O(log n) plus one array copy that a chunk
 * bounds; once in dozens of changes a chunk comes or goes, which moves the list of chunks. Rank to
 * event and time to rank: O(log n), by a Fenwick tree over the chunks' sizes, which the first such
 * question after a chunk came or went makes anew.
 */
final class Ordered {
  private static final int CHUNK = 128;
  private static final int FIRST_CAPACITY = 4;

  private final ToLongFunction<Held> key;
  private Chunk[] chunks = {new Chunk(FIRST_CAPACITY)};
  private int chunkCount = 1;
  private int size;

  /** The number of each chunk's first event: a search touches this before any chunk. */
  private long[] lows = {0};

  /** A Fenwick tree over the chunks' sizes, from 1 on; unused while there is one chunk. */
  private int[] sums = {};

  /** Whether chunks came or went since the tree was made; it is made again when it is needed. */
  private boolean sumsAreStale;

  private static final class Chunk {
    private long[] keys;
    private Held[] items;
    private int size;

    Chunk(int capacity) {
      keys = new long[capacity];
      items = new Held[capacity];
    }

    void insert(int at, long key, Held held) {
      if (size == items.length) {
        int capacity = Math.min(CHUNK, size + (size >> 1) + 1);
        keys = Arrays.copyOf(keys, capacity);
        items = Arrays.copyOf(items, capacity);
      }
      System.arraycopy(keys, at, keys, at + 1, size - at);
      System.arraycopy(items, at, items, at + 1, size - at);
      keys[at] = key;
      items[at] = held;
      size++;
    }

    void remove(int at) {
      size--;
      System.arraycopy(keys, at + 1, keys, at, size - at);
      System.arraycopy(items, at + 1, items, at, size - at);
      items[size] = null;
    }

    /** Moves the items from a place on into a new chunk. */
    Chunk splitOff(int from) {
      Chunk rest = new Chunk(CHUNK - CHUNK / 4);
      rest.append(this, from);
      Arrays.fill(items, from, size, null);
      size = from;
      return rest;
    }

    void append(Chunk other, int from) {
      int count = other.size - from;
      if (size + count > items.length) {
        keys = Arrays.copyOf(keys, size + count);
        items = Arrays.copyOf(items, size + count);
      }
      System.arraycopy(other.keys, from, keys, size, count);
      System.arraycopy(other.items, from, items, size, count);
      size += count;
    }
  }

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
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The lowest; null when there is none. */
  Held first() {
    return size == 0 ? null : chunks[0].items[0];
  }

  /** The highest; null when there is none. */
  Held last() {
    Chunk chunk = chunks[chunkCount - 1];
    return size == 0 ? null : chunk.items[chunk.size - 1];
  }

  void add(Held held) {
    long at = key.applyAsLong(held);
    int c = chunkOf(at, held.event());
    Chunk chunk = chunks[c];
    int place = placeIn(chunk, at, held.event());
    if (chunk.size == CHUNK) {
      boolean appends = c == chunkCount - 1 && place == CHUNK;
      insertChunk(c + 1, appends ? new Chunk(CHUNK / 4) : chunk.splitOff(CHUNK / 2));
      if (appends || place > CHUNK / 2) {
        place -= chunk.size;
        c++;
      }
    }
    chunks[c].insert(place, at, held);
    lows[c] = chunks[c].keys[0];
    size++;
    count(c, 1);
  }

  /**
   * Takes out this very object.
   *
   * @throws IllegalStateException when it is not in here: the indexes disagree
   */
  void remove(Held held) {
    long at = key.applyAsLong(held);
    int c = chunkOf(at, held.event());
    int place = placeIn(chunks[c], at, held.event()) - 1;
    if (place < 0 || chunks[c].items[place] != held) {
      throw new IllegalStateException(held.event() + " is not in the index");
    }
    chunks[c].remove(place);
    size--;
    count(c, -1);
    shrink(c);
  }

  /** How many have a number that is not above the given one: the rank of the first above it. */
  int rankAfter(long limit) {
    int low = 0;
    int high = size == 0 ? 0 : chunkCount;
    while (low < high) {
      int middle = low + high >>> 1;
      if (lows[middle] <= limit) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == 0) {
      return 0;
    }
    Chunk chunk = chunks[low - 1];
    int from = 0;
    int to = chunk.size;
    while (from < to) {
      int middle = from + to >>> 1;
      if (chunk.keys[middle] <= limit) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return before(low - 1) + from;
  }

  /** The event of a rank, from 0 to size - 1. */
  Held get(int rank) {
    Cursor cursor = cursor(rank);
    return cursor.held();
  }

  /** A place from which to walk; a rank of -1 or of the size stands beside the ends. */
  Cursor cursor(int rank) {
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
        ? new Cursor(chunkCount - 1, chunks[chunkCount - 1].size + left)
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
      Chunk chunk = chunks[c];
      return place >= 0 && place < chunk.size ? chunk.items[place] : null;
    }

    void forward() {
      if (++place >= chunks[c].size && c + 1 < chunkCount) {
        c++;
        place = 0;
      }
    }

    void back() {
      if (--place < 0 && c > 0) {
        c--;
        place = chunks[c].size - 1;
      }
    }
  }

  /** The last chunk whose first event is not above the given one; the first when all are. */
  private int chunkOf(long at, Event event) {
    int low = 1;
    int high = chunkCount;
    while (low < high) {
      int middle = low + high >>> 1;
      long first = lows[middle];
      if (first < at || first == at && compare(chunks[middle], 0, at, event) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /** Where the event would go in, after its equals. */
  private static int placeIn(Chunk chunk, long at, Event event) {
    int low = 0;
    int high = chunk.size;
    while (low < high) {
      int middle = low + high >>> 1;
      if (compare(chunk, middle, at, event) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int compare(Chunk chunk, int place, long at, Event event) {
    int byKey = Long.compare(chunk.keys[place], at);
    return byKey != 0 ? byKey : Held.compare(chunk.items[place].event(), event);
  }

  /** Drops an empty chunk, joins two that are nearly empty. */
  private void shrink(int c) {
    if (chunks[c].size == 0) {
      if (chunkCount > 1) {
        dropChunk(c);
      }
      return;
    }
    lows[c] = chunks[c].keys[0];
    if (c + 1 < chunkCount && chunks[c].size + chunks[c + 1].size <= CHUNK / 2) {
      chunks[c].append(chunks[c + 1], 0);
      dropChunk(c + 1);
    }
  }

  private void insertChunk(int c, Chunk chunk) {
    if (chunkCount == chunks.length) {
      int capacity = chunkCount + (chunkCount >> 1) + 1;
      chunks = Arrays.copyOf(chunks, capacity);
      lows = Arrays.copyOf(lows, capacity);
    }
    System.arraycopy(chunks, c, chunks, c + 1, chunkCount - c);
    System.arraycopy(lows, c, lows, c + 1, chunkCount - c);
    chunks[c] = chunk;
    lows[c] = chunk.keys[0];
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
      sums[i] = chunks[i - 1].size;
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
