package nara.ledger;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import nara.reconcile.Bound;
import nara.reconcile.ItemId;
import nara.reconcile.Items;
import nara.reconcile.Sum;

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
final class HashIndex implements Items {
  private static final int CHUNK = 128;

  /** Chunks made in one pass have room for a few more. */
  private static final int FILLED = CHUNK - CHUNK / 4;

  /** Changes that are followed without anybody looking, however little is held. */
  private static final int FOLLOWED = 10_000;

  /** Some items in their order, and the sum of their hashes. */
  private static final class Chunk {
    private final Held[] items = new Held[CHUNK];
    private final Sum sum = new Sum();
    private int size;

    void insert(int at, Held held) {
      System.arraycopy(items, at, items, at + 1, size - at);
      items[at] = held;
      size++;
      sum.add(held.hash);
    }

    void remove(int at) {
      sum.subtract(items[at].hash);
      size--;
      System.arraycopy(items, at + 1, items, at, size - at);
      items[size] = null;
    }

    /** Moves what stands from a place on to the end of another chunk. */
    void moveTo(Chunk other, int from) {
      for (int i = from; i < size; i++) {
        sum.subtract(items[i].hash);
        other.insert(other.size, items[i]);
      }
      Arrays.fill(items, from, size, null);
      size = from;
    }
  }

  private final Index index;
  private final MessageDigest sha256 = sha256();

  private boolean on;
  private int changesUnseen;
  private final List<Chunk> chunks = new ArrayList<>();
  private HashTable byHash;

  /** How many stand before each chunk and at the end, and the sums of their hashes. */
  private int[] counts = {0};

  private Sum[] sums = {new Sum()};

  /** The first chunk behind which counts and sums are not up to date. */
  private int stale;

  private int size;

  /** The index of what that one shows. */
  HashIndex(Index index) {
    this.index = index;
  }

  /** Takes note that an event is shown from now on. */
  void added(Held held) {
    if (followed()) {
      insert(held);
    }
  }

  /** Takes note that an event is not shown any more. */
  void removed(Held held) {
    if (!followed()) {
      return;
    }
    int c = chunkOf(held);
    Chunk chunk = chunks.get(c);
    int at = Arrays.binarySearch(chunk.items, 0, chunk.size, held, HashIndex::compare);
    if (at < 0 || chunk.items[at] != held) {
      throw new IllegalStateException(held.event() + " is not in the index of hashes");
    }
    chunk.remove(at);
    byHash.remove(held);
    size--;
    stale = Math.min(stale, c);
    if (c + 1 < chunks.size() && chunk.size + chunks.get(c + 1).size <= CHUNK / 2) {
      chunks.get(c + 1).moveTo(chunk, 0);
      chunks.remove(c + 1);
    } else if (chunk.size == 0 && chunks.size() > 1) {
      chunks.remove(c);
    }
  }

  /** Whether changes are followed; it stops when nobody has looked for long. */
  private boolean followed() {
    if (on && ++changesUnseen > Math.max(FOLLOWED, size)) {
      on = false;
      chunks.clear();
      byHash = null;
    }
    return on;
  }

  /** This, up to date. */
  HashIndex looked() {
    changesUnseen = 0;
    if (!on) {
      make();
    }
    refresh();
    return this;
  }

  /** The visible event with that hash; null when there is none. Only on what {@link #looked}. */
  Held get(ItemId hash) {
    return byHash.get(hash);
  }

  private void make() {
    Ordered all = index.all();
    Held[] sorted = new Held[all.size()];
    Ordered.Cursor cursor = all.cursor(0);
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = hashed(cursor.held());
      cursor.forward();
    }
    // By time it is sorted already.
    Arrays.sort(sorted, HashIndex::compare);
    chunks.clear();
    chunks.add(new Chunk());
    byHash = new HashTable(sorted.length);
    for (Held held : sorted) {
      if (chunks.getLast().size == FILLED) {
        chunks.add(new Chunk());
      }
      chunks.getLast().insert(chunks.getLast().size, held);
      byHash.put(held);
    }
    size = sorted.length;
    stale = 0;
    on = true;
  }

  private void insert(Held held) {
    hashed(held);
    int c = chunkOf(held);
    Chunk chunk = chunks.get(c);
    int at = -1 - Arrays.binarySearch(chunk.items, 0, chunk.size, held, HashIndex::compare);
    stale = Math.min(stale, c);
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
    chunk.insert(at, held);
    byHash.put(held);
    size++;
  }

  private Held hashed(Held held) {
    if (held.hash == null) {
      held.hash = ItemId.of(sha256.digest(held.event().json()), 0);
    }
    return held;
  }

  /** The protocol's order. */
  private static int compare(Held a, Held b) {
    int byTime = Long.compare(timeOf(a), timeOf(b));
    return byTime != 0 ? byTime : a.hash.compareTo(b.hash);
  }

  private static long timeOf(Held held) {
    return timeOf(held.event().ts());
  }

  /** The protocol's time of an event's time (Unix nanoseconds): itself, or 0 below 1970. */
  static long timeOf(long ts) {
    return Math.max(0, ts);
  }

  /** The last chunk whose first item is not above; the first one when all are. */
  private int chunkOf(Held held) {
    return lastChunk(first -> compare(first, held) <= 0);
  }

  private int lastChunk(Predicate<Held> notAbove) {
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

  private void refresh() {
    if (counts.length <= chunks.size()) {
      counts = Arrays.copyOf(counts, chunks.size() * 3 / 2 + 1);
      sums = Arrays.copyOf(sums, counts.length);
    }
    for (; stale < chunks.size(); stale++) {
      counts[stale + 1] = counts[stale] + chunks.get(stale).size;
      sums[stale + 1] = sums[stale].copy();
      sums[stale + 1].add(chunks.get(stale).sum);
    }
  }

  // What the protocol asks, of an index that was looked at and not changed since.

  @Override
  public int size() {
    return size;
  }

  @Override
  public long time(int rank) {
    return timeOf(held(rank));
  }

  @Override
  public ItemId id(int rank) {
    return held(rank).hash;
  }

  private Held held(int rank) {
    int c = chunkAt(rank);
    return chunks.get(c).items[rank - counts[c]];
  }

  /** The chunk in which a rank stands; the last one for the rank behind the end. */
  private int chunkAt(int rank) {
    int at = Arrays.binarySearch(counts, 0, chunks.size(), rank);
    return at >= 0 ? at : -2 - at;
  }

  @Override
  public int below(Bound bound) {
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
    return counts[c] + low;
  }

  private static boolean below(Held held, Bound bound) {
    return bound.above(timeOf(held), held.hash);
  }

  @Override
  public Sum sum(int from, int to) {
    Sum sum = sumBefore(to);
    sum.subtract(sumBefore(from));
    return sum;
  }

  private Sum sumBefore(int rank) {
    int c = chunkAt(rank);
    Sum sum = sums[c].copy();
    for (int i = counts[c]; i < rank; i++) {
      sum.add(chunks.get(c).items[i - counts[c]].hash);
    }
    return sum;
  }

  @Override
  public void walk(int from, int to, Predicate<ItemId> wanted) {
    int c = chunkAt(from);
    for (int rank = from; rank < to; rank++) {
      if (rank == counts[c + 1]) {
        c++;
      }
      if (!wanted.test(chunks.get(c).items[rank - counts[c]].hash)) {
        return;
      }
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every JDK has SHA-256", missing);
    }
  }
}
