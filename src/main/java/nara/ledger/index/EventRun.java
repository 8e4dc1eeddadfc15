package nara.ledger.index;

import java.util.Arrays;
import nara.event.Event;

/**
 * Events in arrays, each with the number that it is sorted by beside it, so that searching and
 * sorting look at the events themselves only where numbers are equal. The caller says whether it is
 * sorted.
 */
final class EventRun {
  private static final long[] NO_KEYS = {};
  private static final StoredEvent[] NO_ITEMS = {};

  private long[] keys;
  private StoredEvent[] items;
  private int size;

  EventRun(int capacity) {
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

  void add(long key, StoredEvent storedEvent) {
    ensureRoom(1);
    keys[size] = key;
    items[size++] = storedEvent;
  }

  void insert(int at, long key, StoredEvent storedEvent) {
    ensureRoom(1);
    System.arraycopy(keys, at, keys, at + 1, size - at);
    System.arraycopy(items, at, items, at + 1, size - at);
    keys[at] = key;
    items[at] = storedEvent;
    size++;
  }

  void remove(int at) {
    size--;
    System.arraycopy(keys, at + 1, keys, at, size - at);
    System.arraycopy(items, at + 1, items, at, size - at);
    items[size] = null;
  }

  /** Moves the items from a place on into a new run. */
  EventRun splitOff(int from) {
    EventRun rest = new EventRun(size - from + (size >> 2));
    rest.append(this, from);
    Arrays.fill(items, from, size, null);
    size = from;
    return rest;
  }

  /** Adds the other's items from a place on. */
  void append(EventRun other, int from) {
    int count = other.size - from;
    ensureRoom(count);
    System.arraycopy(other.keys, from, keys, size, count);
    System.arraycopy(other.items, from, items, size, count);
    size += count;
  }

  private void ensureRoom(int more) {
    if (size + more > items.length) {
      int capacity = Math.max(size + more, size + (size >> 1) + 2);
      keys = Arrays.copyOf(keys, capacity);
      items = Arrays.copyOf(items, capacity);
    }
  }

  /** How the item at a place stands to an event: below zero when it comes before. */
  int compare(int at, long key, Event event) {
    int byKey = Long.compare(keys[at], key);
    return byKey != 0 ? byKey : StoredEvent.compare(items[at].event(), event);
  }

  /** How an item stands to one of another run; looks at the events only when it has to. */
  int compare(int at, EventRun other, int otherAt) {
    long key = keys[at];
    long otherKey = other.keys[otherAt];
    return key != otherKey
        ? Long.compare(key, otherKey)
        : StoredEvent.compare(items[at].event(), other.items[otherAt].event());
  }

  /** In a sorted run: where the event would go in, after its equals. */
  int insertionPoint(long key, Event event) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = low + high >>> 1;
      if (compare(middle, key, event) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** In a sorted run: how many have a number that is not above the given one. */
  int countUpTo(long limit) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = low + high >>> 1;
      if (keys[middle] <= limit) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Sorts by merging the ascending stretches that are there already. */
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
    if (runs < 2) {
      return;
    }
    EventRun from = this;
    EventRun to = new EventRun(size);
    while (runs > 1) {
      to.size = 0;
      int merged = 0;
      for (int i = 0; i < runs; i += 2) {
        int start = i == 0 ? 0 : ends[i - 1];
        int end = i + 1 < runs ? ends[i + 1] : ends[i];
        to.merge(from, start, ends[i], from, ends[i], end);
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

  /** Adds two sorted stretches in their common order. There is room for them. */
  private void merge(EventRun a, int i, int endOfA, EventRun b, int j, int endOfB) {
    while (i < endOfA && j < endOfB) {
      if (a.compare(i, b, j) <= 0) {
        keys[size] = a.keys[i];
        items[size++] = a.items[i++];
      } else {
        keys[size] = b.keys[j];
        items[size++] = b.items[j++];
      }
    }
    copy(a, i, endOfA);
    copy(b, j, endOfB);
  }

  private void copy(EventRun source, int from, int end) {
    System.arraycopy(source.keys, from, keys, size, end - from);
    System.arraycopy(source.items, from, items, size, end - from);
    size += end - from;
  }
}
