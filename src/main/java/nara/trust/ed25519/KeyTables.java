package nara.trust.ed25519;

import java.security.SecureRandom;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The tables of the keys that sign much.
 *
 * <p>Keys are an attacker's to choose, so a table is made only once a key has been met often enough
 * to have paid for it, a limited number are kept, and of the keys merely met only so many are
 * counted; what was used longest ago goes first. Looking up is a read of a concurrent map; locks
 * are taken only by who adds a table or forgets keys.
 */
final class KeyTables {
  /** Keys without a table that are counted at once, about 150 bytes each. */
  static final int COUNTED = 4096;

  private final int width;
  private final int capacity;
  private final int threshold;
  private final ConcurrentHashMap<Id, Kept> tables = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Id, Met> counted = new ConcurrentHashMap<>();
  private final AtomicLong clock = new AtomicLong();
  private final ReentrantLock forgetting = new ReentrantLock();

  /**
   * @param width bits of a window
   * @param capacity how many tables are kept; with 0 none is ever made
   * @param threshold how many signatures of a key are checked without a table before it gets one
   */
  KeyTables(int width, int capacity, int threshold) {
    this.width = width;
    this.capacity = capacity;
    this.threshold = threshold;
  }

  /** A key's 32 bytes. The hash is salted, so that nobody can choose keys that collide. */
  record Id(long a, long b, long c, long d) implements Comparable<Id> {
    private static final long[] SALT = new SecureRandom().longs(4).toArray();
    private static final Comparator<Id> ORDER =
        Comparator.comparingLong(Id::a)
            .thenComparingLong(Id::b)
            .thenComparingLong(Id::c)
            .thenComparingLong(Id::d);

    static Id of(byte[] key) {
      return new Id(
          Bytes.little(key, 0), Bytes.little(key, 8), Bytes.little(key, 16), Bytes.little(key, 24));
    }

    @Override
    public int hashCode() {
      long mixed =
          Math.multiplyHigh(a ^ SALT[0], b ^ SALT[1])
              ^ (a ^ SALT[0]) * (b ^ SALT[1])
              ^ Math.multiplyHigh(c ^ SALT[2], d ^ SALT[3])
              ^ (c ^ SALT[2]) * (d ^ SALT[3]);
      return (int) (mixed ^ mixed >>> 32);
    }

    @Override
    public int compareTo(Id other) {
      return ORDER.compare(this, other);
    }
  }

  /** What is known of a key; the clock says when it was used last. */
  private abstract static sealed class Used {
    private volatile long last;

    /**
     * Written once a batch at most: a line that all threads write would cost more than the look.
     */
    void use(long now) {
      if (last != now) {
        last = now;
      }
    }

    long last() {
      return last;
    }
  }

  private static final class Kept extends Used {
    private final WindowTable table;

    Kept(WindowTable table) {
      this.table = table;
    }
  }

  private static final class Met extends Used {
    private final AtomicInteger times = new AtomicInteger();
  }

  /** Moves the clock of "used last" on; called once for a batch. */
  long tick() {
    return clock.incrementAndGet();
  }

  /**
   * The key's table, if it has one; else counts the key.
   *
   * <p>When the count passes the threshold, the caller that took it there makes the table, at once
   * and alone, while others go on without.
   *
   * @param key 32 bytes
   * @param now from {@link #tick}
   * @param point gives the table's point, or null for a key that is not on the curve
   * @return null when there is none
   */
  WindowTable find(byte[] key, long now, Function<byte[], Point> point) {
    if (capacity == 0) {
      return null;
    }
    Id id = Id.of(key);
    Kept kept = tables.get(id);
    if (kept != null) {
      kept.use(now);
      return kept.table;
    }
    Met met = counted.get(id);
    if (met == null) {
      met = counted.computeIfAbsent(id, absent -> new Met());
      met.use(now);
      forgetSome();
    }
    met.use(now);
    if (met.times.incrementAndGet() != threshold + 1) {
      return null;
    }
    Point decoded = point.apply(key);
    return decoded == null ? null : keep(id, new Kept(new WindowTable(decoded, width)), now);
  }

  /** How many tables there are. */
  int tables() {
    return tables.size();
  }

  /** How many keys without a table are counted. */
  int counted() {
    return counted.size();
  }

  /** Room is made before the table comes, so there are never more of them than the capacity. */
  private synchronized WindowTable keep(Id id, Kept kept, long now) {
    kept.use(now);
    if (!tables.containsKey(id)) {
      oldest(tables, tables.size() - capacity + 1).forEach(tables::remove);
    }
    tables.put(id, kept);
    counted.remove(id);
    return kept.table;
  }

  /** Forgets the half of the counted keys that was met longest ago, when there are too many. */
  private void forgetSome() {
    if (counted.size() > COUNTED && forgetting.tryLock()) {
      try {
        oldest(counted, COUNTED / 2).forEach(counted::remove);
      } finally {
        forgetting.unlock();
      }
    }
  }

  /**
   * So many of the keys, those used longest ago. The times are read once: they change meanwhile.
   */
  private static List<Id> oldest(Map<Id, ? extends Used> keys, int count) {
    record At(Id id, long last) {}
    return keys.entrySet().stream()
        .map(entry -> new At(entry.getKey(), entry.getValue().last()))
        .sorted(Comparator.comparingLong(At::last))
        .limit(Math.max(0, count))
        .map(At::id)
        .toList();
  }
}
