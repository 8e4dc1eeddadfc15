package nara.ledger.index;

import java.util.Arrays;
import java.util.function.Predicate;
import nara.negentropy.IdSum;

/**
 * Events in an array, beside an array of their keys. Searching and sorting read the events only
 * where keys are equal. The caller knows whether a run is sorted.
 */
final class EventRun {
  private static final long[] NO_KEYS = {};
  private static final StoredEvent[] NO_ITEMS = {};

  private final EventOrder order;
  private long[] keys;
  private StoredEvent[] items;
  private int size;

  /** The sum of all hashes; null until it is needed, and after each change. */
  private IdSum hashSum;

  EventRun(EventOrder order, int capacity) {
    this.order = order;
    keys = capacity == 0 ? NO_KEYS : new long[capacity];
    items = capacity == 0 ? NO_ITEMS : new StoredEvent[capacity];
  }

  int size() {
    return size;
  }

  StoredEvent get(int at) {
    return items[at];
  }

  long key(int at) {
    return keys[at];
  }

  IdSum hashSum() {
    if (hashSum == null) {
      hashSum = hashSum(size);
    }
    return hashSum;
  }

  /** The sum of the hashes of the first items. */
  IdSum hashSum(int count) {
    IdSum sum = new IdSum();
    for (int i = 0; i < count; i++) {
      sum.add(items[i].hash);
    }
    return sum;
  }

  void set(int at, long key, StoredEvent stored) {
    keys[at] = key;
    items[at] = stored;
  }

  void add(long key, StoredEvent stored) {
    insert(size, key, stored);
  }

  void insert(int at, long key, StoredEvent stored) {
    resize(size + 1);
    System.arraycopy(keys, at, keys, at + 1, size - 1 - at);
    System.arraycopy(items, at, items, at + 1, size - 1 - at);
    set(at, key, stored);
  }

  void remove(int at) {
    System.arraycopy(keys, at + 1, keys, at, size - 1 - at);
    System.arraycopy(items, at + 1, items, at, size - 1 - at);
    resize(size - 1);
  }

  /** Moves the items from an index on into a new run. */
  EventRun splitOff(int from) {
    EventRun rest = new EventRun(order, size - from + (size >> 2));
    rest.append(this, from, size);
    resize(from);
    return rest;
  }

  /** Appends items of another run. */
  void append(EventRun other, int from, int to) {
    int at = size;
    resize(size + to - from);
    System.arraycopy(other.keys, from, keys, at, to - from);
    System.arraycopy(other.items, from, items, at, to - from);
  }

  private void resize(int newSize) {
    if (newSize > items.length) {
      int capacity = Math.max(newSize, size + (size >> 1) + 2);
      keys = Arrays.copyOf(keys, capacity);
      items = Arrays.copyOf(items, capacity);
    }
    if (newSize < size) {
      Arrays.fill(items, newSize, size, null);
    }
    size = newSize;
    hashSum = null;
  }

  /**
   * In a sorted run: how many items have a lower key, or this key and pass the test. Items with
   * this key that pass must come before those that do not.
   */
  int rank(long key, Predicate<StoredEvent> tie) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = low + high >>> 1;
      if (keys[middle] < key || keys[middle] == key && tie.test(items[middle])) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Sorts by merging the ascending stretches that exist already. */
  void sort() {
    int[] ends = new int[8];
    int runs = 0;
    for (int i = 1; i <= size; i++) {
      if (i == size || compare(i, this, i - 1) < 0) {
        if (runs == ends.length) {
          ends = Arrays.copyOf(ends, 2 * runs);
        }
        ends[runs++] = i;
      }
    }
    EventRun from = this;
    EventRun to = runs < 2 ? this : new EventRun(order, size);
    while (runs > 1) {
      to.size = 0;
      int merged = 0;
      for (int i = 0; i < runs; i += 2) {
        int start = i == 0 ? 0 : ends[i - 1];
        int end = i + 1 < runs ? ends[i + 1] : ends[i];
        to.appendMerged(from, start, ends[i], from, ends[i], end);
        ends[merged++] = end;
      }
      runs = merged;
      EventRun swap = from;
      from = to;
      to = swap;
    }
    keys = from.keys;
    items = from.items;
    size = from.size;
  }

  /** Appends two sorted stretches in their common order. */
  void appendMerged(EventRun a, int fromA, int toA, EventRun b, int fromB, int toB) {
    int i = fromA;
    int j = fromB;
    int at = size;
    resize(size + toA - fromA + toB - fromB);
    while (i < toA && j < toB) {
      if (a.compare(i, b, j) <= 0) {
        keys[at] = a.keys[i];
        items[at++] = a.items[i++];
      } else {
        keys[at] = b.keys[j];
        items[at++] = b.items[j++];
      }
    }
    EventRun rest = i < toA ? a : b;
    int next = i < toA ? i : j;
    System.arraycopy(rest.keys, next, keys, at, size - at);
    System.arraycopy(rest.items, next, items, at, size - at);
  }

  private int compare(int at, EventRun other, int otherAt) {
    int byKey = Long.compare(keys[at], other.keys[otherAt]);
    return byKey != 0 ? byKey : order.ties().compare(items[at], other.items[otherAt]);
  }
}
