package nara.ledger.index;

import java.util.function.Predicate;
import nara.negentropy.Bound;
import nara.negentropy.IdSum;
import nara.negentropy.ItemId;
import nara.negentropy.Items;

/**
 * The visible events as items of a reconciliation. An item's timestamp is the event's time; its id
 * is SHA-256 of the event's bytes as received.
 *
 * <p>The protocol has no negative timestamps, so a time before 1970 counts as 0.
 *
 * <p>Most nodes never need this index, and none does while it recovers page by page. So it is off
 * until the first read builds it; then every change updates it. It is dropped after as many changes
 * without a read as it has events. An event is hashed at most once while it is stored.
 *
 * <p>With n events, a change costs what it costs a {@link SortedIndex}. The first read after
 * changes sums the changed chunks and updates the cumulative sums in about n/100 steps. Then a
 * rank, a bound or a sum costs O(log n) plus a part of a chunk.
 */
public final class HashIndex implements Items {
  private static final EventOrder ORDER =
      new EventOrder(stored -> timestamp(stored.event().ts()), (a, b) -> a.hash.compareTo(b.hash));

  /** Changes without a read after which the index is dropped, however few events there are. */
  private static final int MAX_UNREAD_CHANGES = 10_000;

  private final EventIndex eventIndex;

  /** The items; null while the index is off. */
  private SortedIndex items;

  private EventTable<ItemId> byHash;
  private int unreadChanges;

  /** The sums of all hashes before each chunk, and of all at the end. */
  private IdSum[] cumulativeSums = {new IdSum()};

  public HashIndex(EventIndex index) {
    this.eventIndex = index;
  }

  /** Adds an event that became visible. */
  public void add(StoredEvent stored) {
    if (countChange()) {
      insert(stored);
    }
  }

  /** Removes a visible event. */
  public void remove(StoredEvent stored) {
    if (countChange()) {
      items.remove(stored);
      byHash.remove(stored.hash);
    }
  }

  /** Returns whether the index is on; turns it off when it has not been read for long. */
  private boolean countChange() {
    if (items != null && ++unreadChanges > Math.max(MAX_UNREAD_CHANGES, items.size())) {
      items = null;
      byHash = null;
    }
    return items != null;
  }

  /** Returns this index, up to date until the next change. */
  public HashIndex refreshed() {
    if (items == null) {
      items = new SortedIndex(ORDER);
      byHash = EventTable.byHash();
      eventIndex.all().forEach(this::insert);
      unreadChanges = 1;
    }
    if (unreadChanges > 0) {
      unreadChanges = 0;
      int chunks = items.chunkCount();
      cumulativeSums = new IdSum[chunks + 1];
      cumulativeSums[0] = new IdSum();
      for (int c = 0; c < chunks; c++) {
        cumulativeSums[c + 1] = cumulativeSums[c].plus(items.chunk(c).hashSum());
      }
    }
    return this;
  }

  private void insert(StoredEvent stored) {
    if (stored.hash == null) {
      stored.hash = ItemId.sha256(stored.event().json());
    }
    items.add(stored);
    byHash.put(stored.hash, stored);
  }

  /** The visible event with this hash, or null. */
  public StoredEvent get(ItemId hash) {
    return byHash.get(hash);
  }

  /** The protocol's timestamp for an event's time, Unix nanoseconds. */
  public static long timestamp(long ts) {
    return Math.max(0, ts);
  }

  @Override
  public int size() {
    return items.size();
  }

  @Override
  public long timestamp(int rank) {
    return timestamp(items.get(rank).event().ts());
  }

  @Override
  public ItemId id(int rank) {
    return items.get(rank).hash;
  }

  @Override
  public int countBelow(Bound bound) {
    // A bound beyond all signed timestamps, such as infinity.
    return bound.timestamp() < 0
        ? items.size()
        : items.rank(bound.timestamp(), stored -> stored.hash.compareTo(bound.prefix()) < 0);
  }

  @Override
  public IdSum sum(int from, int to) {
    return sumBefore(to).minus(sumBefore(from));
  }

  private IdSum sumBefore(int rank) {
    SortedIndex.Cursor cursor = items.cursor(rank);
    IdSum sum = cumulativeSums[cursor.chunkIndex];
    return cursor.offset == 0
        ? sum
        : sum.plus(items.chunk(cursor.chunkIndex).hashSum(cursor.offset));
  }

  @Override
  public void visit(int from, int to, Predicate<ItemId> visitor) {
    SortedIndex.Cursor cursor = items.cursor(from);
    for (int rank = from; rank < to && visitor.test(cursor.next().hash); rank++) {}
  }
}
