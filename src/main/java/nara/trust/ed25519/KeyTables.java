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
  static final int MAX_COUNTED_KEYS = 4096;

  private final int width;
  private final int capacity;
  private final int threshold;
  private final ConcurrentHashMap<KeyId, CachedTable> tables = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<KeyId, KeyCounter> counters = new ConcurrentHashMap<>();
  private final AtomicLong clock = new AtomicLong();
  private final ReentrantLock evictionLock = new ReentrantLock();

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
  record KeyId(long a, long b, long c, long d) implements Comparable<KeyId> {
    private static final long[] SALT = new SecureRandom().longs(4).toArray();
    private static final Comparator<KeyId> ORDER =
        Comparator.comparingLong(KeyId::a)
            .thenComparingLong(KeyId::b)
            .thenComparingLong(KeyId::c)
            .thenComparingLong(KeyId::d);

    static KeyId of(byte[] key) {
      return new KeyId(
          LittleEndian.readLong(key, 0),
          LittleEndian.readLong(key, 8),
          LittleEndian.readLong(key, 16),
          LittleEndian.readLong(key, 24));
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
    public int compareTo(KeyId other) {
      return ORDER.compare(this, other);
    }
  }

  /** What is known of a key; the clock says when it was used last. */
  private abstract static sealed class CacheEntry {
    private volatile long lastUsed;

    /**
     * Written once a batch at most: a line that all threads write would cost more than the look.
     */
    void touch(long now) {
      if (lastUsed != now) {
        lastUsed = now;
      }
    }

    long lastUsed() {
      return lastUsed;
    }
  }

  private static final class CachedTable extends CacheEntry {
    private final WindowTable table;

    CachedTable(WindowTable table) {
      this.table = table;
    }
  }

  private static final class KeyCounter extends CacheEntry {
    private final AtomicInteger count = new AtomicInteger();
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
    KeyId keyId = KeyId.of(key);
    CachedTable cachedTable = tables.get(keyId);
    if (cachedTable != null) {
      cachedTable.touch(now);
      return cachedTable.table;
    }
    KeyCounter keyCounter = counters.get(keyId);
    if (keyCounter == null) {
      keyCounter = counters.computeIfAbsent(keyId, absent -> new KeyCounter());
      keyCounter.touch(now);
      forgetSome();
    }
    keyCounter.touch(now);
    if (keyCounter.count.incrementAndGet() != threshold + 1) {
      return null;
    }
    Point decoded = point.apply(key);
    return decoded == null
        ? null
        : keep(keyId, new CachedTable(new WindowTable(decoded, width)), now);
  }

  /** How many tables there are. */
  int tableCount() {
    return tables.size();
  }

  /** How many keys without a table are counted. */
  int countedKeys() {
    return counters.size();
  }

  /** Room is made before the table comes, so there are never more of them than the capacity. */
  private synchronized WindowTable keep(KeyId keyId, CachedTable cachedTable, long now) {
    cachedTable.touch(now);
    if (!tables.containsKey(keyId)) {
      oldest(tables, tables.size() - capacity + 1).forEach(tables::remove);
    }
    tables.put(keyId, cachedTable);
    counters.remove(keyId);
    return cachedTable.table;
  }

  /** Forgets the half of the counted keys that was met longest ago, when there are too many. */
  private void forgetSome() {
    if (counters.size() > MAX_COUNTED_KEYS && evictionLock.tryLock()) {
      try {
        oldest(counters, MAX_COUNTED_KEYS / 2).forEach(counters::remove);
      } finally {
        evictionLock.unlock();
      }
    }
  }

  /**
   * So many of the keys, those used longest ago. The times are read once: they change meanwhile.
   */
  private static List<KeyId> oldest(Map<KeyId, ? extends CacheEntry> keys, int count) {
    record At(KeyId keyId, long last) {}
    return keys.entrySet().stream()
        .map(entry -> new At(entry.getKey(), entry.getValue().lastUsed()))
        .sorted(Comparator.comparingLong(At::last))
        .limit(Math.max(0, count))
        .map(At::keyId)
        .toList();
  }
}
