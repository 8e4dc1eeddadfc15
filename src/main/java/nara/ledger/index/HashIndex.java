package nara.ledger.index;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import nara.identity.Hashing;
import nara.negentropy.Bound;
import nara.negentropy.IdSum;
import nara.negentropy.ItemId;
import nara.negentropy.Items;

/**
 * The visible events as items of a reconciliation: by time and SHA-256 of their bytes as they came,
 * with the sum of the hashes of any range.
 *
 * <p>An event's time counts as 0 when it is below that: the protocol knows no negative times, and
 * the hash orders what shares one.
 *
 * <p>Most nodes never need it, and none while it recovers page by page. So it is off until somebody
 * looks, then made in one pass and kept up with every change; and dropped again when as much as it
 * holds has changed without anybody looking. An event is hashed at most once for as long as it is
 * held.
 *
 * <p>n events held. A change costs O(log n) plus one array copy that a chunk bounds. A look after
 * changes first brings the sums behind the lowest changed chunk up to date, n/{@value #CHUNK} steps
 * at worst and few where changes are new events; then a rank, a bound or a sum is O(log n) plus the
 * part of a chunk.
 */
public final class HashIndex implements Items {
  private static final int CHUNK = 128;

  /** Chunks made in one pass have room for a few more. */
  private static final int INITIAL_FILL = CHUNK - CHUNK / 4;

  /** Changes that are followed without anybody looking, however little is held. */
  private static final int MAX_UNREAD_CHANGES = 10_000;

  /** Some items in their order, and the sum of their hashes. */
  private static final class Chunk {
    private final StoredEvent[] items = new StoredEvent[CHUNK];
    private final IdSum idSum = new IdSum();
    private int size;

    void insert(int at, StoredEvent storedEvent) {
      System.arraycopy(items, at, items, at + 1, size - at);
      items[at] = storedEvent;
      size++;
      idSum.add(storedEvent.hash);
    }

    void remove(int at) {
      idSum.subtract(items[at].hash);
      size--;
      System.arraycopy(items, at + 1, items, at, size - at);
      items[size] = null;
    }

    /** Moves what stands from a place on to the end of another chunk. */
    void moveTo(Chunk other, int from) {
      for (int i = from; i < size; i++) {
        idSum.subtract(items[i].hash);
        other.insert(other.size, items[i]);
      }
      Arrays.fill(items, from, size, null);
      size = from;
    }
  }

  private final EventIndex eventIndex;
  private final MessageDigest sha256 = Hashing.newSha256();

  private boolean enabled;
  private int changesSinceRead;
  private final List<Chunk> chunks = new ArrayList<>();
  private ContentHashTable byHash;

  /** How many stand before each chunk and at the end, and the sums of their hashes. */
  private int[] cumulativeCounts = {0};

  private IdSum[] cumulativeSums = {new IdSum()};

  /** The first chunk behind which counts and sums are not up to date. */
  private int firstStaleChunk;

  private int size;

  /** The index of what that one shows. */
  public HashIndex(EventIndex eventIndex) {
    this.eventIndex = eventIndex;
  }

  /** Takes note that an event is shown from now on. */
  public void add(StoredEvent storedEvent) {
    if (trackChange()) {
      insert(storedEvent);
    }
  }

  /** Takes note that an event is not shown any more. */
  public void remove(StoredEvent storedEvent) {
    if (!trackChange()) {
      return;
    }
    int c = chunkOf(storedEvent);
    Chunk chunk = chunks.get(c);
    int at = Arrays.binarySearch(chunk.items, 0, chunk.size, storedEvent, HashIndex::compare);
    if (at < 0 || chunk.items[at] != storedEvent) {
      throw new IllegalStateException(storedEvent.event() + " is not in the index of hashes");
    }
    chunk.remove(at);
    byHash.remove(storedEvent);
    size--;
    firstStaleChunk = Math.min(firstStaleChunk, c);
    if (c + 1 < chunks.size() && chunk.size + chunks.get(c + 1).size <= CHUNK / 2) {
      chunks.get(c + 1).moveTo(chunk, 0);
      chunks.remove(c + 1);
    } else if (chunk.size == 0 && chunks.size() > 1) {
      chunks.remove(c);
    }
  }

  /** Whether changes are followed; it stops when nobody has looked for long. */
  private boolean trackChange() {
    if (enabled && ++changesSinceRead > Math.max(MAX_UNREAD_CHANGES, size)) {
      enabled = false;
      chunks.clear();
      byHash = null;
    }
    return enabled;
  }

  /** This, up to date. */
  public HashIndex refreshed() {
    changesSinceRead = 0;
    if (!enabled) {
      build();
    }
    refreshSums();
    return this;
  }

  /** The visible event with that hash; null when there is none. Only on what {@link #refreshed}. */
  public StoredEvent get(ItemId hash) {
    return byHash.get(hash);
  }

  private void build() {
    SortedIndex all = eventIndex.all();
    StoredEvent[] sorted = new StoredEvent[all.size()];
    SortedIndex.Cursor cursor = all.cursor(0);
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = ensureHash(cursor.current());
      cursor.forward();
    }
    // By time it is sorted already.
    Arrays.sort(sorted, HashIndex::compare);
    chunks.clear();
    chunks.add(new Chunk());
    byHash = new ContentHashTable(sorted.length);
    for (StoredEvent storedEvent : sorted) {
      if (chunks.getLast().size == INITIAL_FILL) {
        chunks.add(new Chunk());
      }
      chunks.getLast().insert(chunks.getLast().size, storedEvent);
      byHash.put(storedEvent);
    }
    size = sorted.length;
    firstStaleChunk = 0;
    enabled = true;
  }

  private void insert(StoredEvent storedEvent) {
    ensureHash(storedEvent);
    int c = chunkOf(storedEvent);
    Chunk chunk = chunks.get(c);
    int at = -1 - Arrays.binarySearch(chunk.items, 0, chunk.size, storedEvent, HashIndex::compare);
    firstStaleChunk = Math.min(firstStaleChunk, c);
    if (chunk.size == CHUNK) {
      boolean appends = c == chunks.size() - 1 && at == CHUNK;
      Chunk next = new Chunk();
      chunk.moveTo(next, appends ? CHUNK : CHUNK / 2);
      chunks.add(c + 1, next);
      if (appends || at > chunk.size) {
        at -= chunk.size;
        chunk = next;
      }
    }
    chunk.insert(at, storedEvent);
    byHash.put(storedEvent);
    size++;
  }

  private StoredEvent ensureHash(StoredEvent storedEvent) {
    if (storedEvent.hash == null) {
      storedEvent.hash = ItemId.of(sha256.digest(storedEvent.event().json()), 0);
    }
    return storedEvent;
  }

  /** The protocol's order. */
  private static int compare(StoredEvent a, StoredEvent b) {
    int byTime = Long.compare(timeOf(a), timeOf(b));
    return byTime != 0 ? byTime : a.hash.compareTo(b.hash);
  }

  private static long timeOf(StoredEvent storedEvent) {
    return timeOf(storedEvent.event().ts());
  }

  /** The protocol's time of an event's time (Unix nanoseconds): itself, or 0 below 1970. */
  public static long timeOf(long ts) {
    return Math.max(0, ts);
  }

  /** The last chunk whose first item is not above; the first one when all are. */
  private int chunkOf(StoredEvent storedEvent) {
    return lastChunk(first -> compare(first, storedEvent) <= 0);
  }

  private int lastChunk(Predicate<StoredEvent> notAbove) {
    int low = 1;
    int high = chunks.size();
    while (low < high) {
      int middle = low + high >>> 1;
      if (notAbove.test(chunks.get(middle).items[0])) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  private void refreshSums() {
    if (cumulativeCounts.length <= chunks.size()) {
      cumulativeCounts = Arrays.copyOf(cumulativeCounts, chunks.size() * 3 / 2 + 1);
      cumulativeSums = Arrays.copyOf(cumulativeSums, cumulativeCounts.length);
    }
    for (; firstStaleChunk < chunks.size(); firstStaleChunk++) {
      cumulativeCounts[firstStaleChunk + 1] =
          cumulativeCounts[firstStaleChunk] + chunks.get(firstStaleChunk).size;
      cumulativeSums[firstStaleChunk + 1] = cumulativeSums[firstStaleChunk].copy();
      cumulativeSums[firstStaleChunk + 1].add(chunks.get(firstStaleChunk).idSum);
    }
  }

  // What the protocol asks, of an index that was looked at and not changed since.

  @Override
  public int size() {
    return size;
  }

  @Override
  public long time(int rank) {
    return timeOf(eventAt(rank));
  }

  @Override
  public ItemId id(int rank) {
    return eventAt(rank).hash;
  }

  private StoredEvent eventAt(int rank) {
    int c = chunkOfRank(rank);
    return chunks.get(c).items[rank - cumulativeCounts[c]];
  }

  /** The chunk in which a rank stands; the last one for the rank behind the end. */
  private int chunkOfRank(int rank) {
    int at = Arrays.binarySearch(cumulativeCounts, 0, chunks.size(), rank);
    return at >= 0 ? at : -2 - at;
  }

  @Override
  public int countBelow(Bound bound) {
    int c = lastChunk(first -> below(first, bound));
    Chunk chunk = chunks.get(c);
    int low = 0;
    int high = chunk.size;
    while (low < high) {
      int middle = low + high >>> 1;
      if (below(chunk.items[middle], bound)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return cumulativeCounts[c] + low;
  }

  private static boolean below(StoredEvent storedEvent, Bound bound) {
    return bound.isAbove(timeOf(storedEvent), storedEvent.hash);
  }

  @Override
  public IdSum sum(int from, int to) {
    IdSum idSum = sumBefore(to);
    idSum.subtract(sumBefore(from));
    return idSum;
  }

  private IdSum sumBefore(int rank) {
    int c = chunkOfRank(rank);
    IdSum idSum = cumulativeSums[c].copy();
    for (int i = cumulativeCounts[c]; i < rank; i++) {
      idSum.add(chunks.get(c).items[i - cumulativeCounts[c]].hash);
    }
    return idSum;
  }

  @Override
  public void visit(int from, int to, Predicate<ItemId> visitor) {
    int c = chunkOfRank(from);
    for (int rank = from; rank < to; rank++) {
      if (rank == cumulativeCounts[c + 1]) {
        c++;
      }
      if (!visitor.test(chunks.get(c).items[rank - cumulativeCounts[c]].hash)) {
        return;
      }
    }
  }
}
