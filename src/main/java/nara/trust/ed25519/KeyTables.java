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
 * <p>An attacker can choose any number of keys. So a key gets a table only after enough signatures
 * to pay for it. The numbers of tables and of counted keys are limited; the least recently used go
 * first. A lookup reads a concurrent map. Only adding a table or forgetting keys takes a lock.
 */
final class KeyTables {
  /** Keys without a table that are counted at the same time, about 150 bytes each. */
  static final int MAX_COUNTED_KEYS = 4096;

  private final int width;
  private final int capacity;
  private final int threshold;
  private final ConcurrentHashMap<KeyId, CacheEntry> tables = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<KeyId, CacheEntry> counters = new ConcurrentHashMap<>();
  private final AtomicLong clock = new AtomicLong();
  private final ReentrantLock evictionLock = new ReentrantLock();

  /**
   * @param width bits of a window
   * @param capacity tables that are kept; 0 makes none
   * @param threshold signatures of a key that are verified without a table before it gets one
   */
  KeyTables(int width, int capacity, int threshold) {
    this.width = width;
    this.capacity = capacity;
    this.threshold = threshold;
  }

  /** A key's 32 bytes. The hash is salted, so that nobody can choose keys that collide. */
  record KeyId(long a, long b, long c, long d) {
    private static final long[] SALT = new SecureRandom().longs(4).toArray();

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
  }

  /** A key's table, or the count of its signatures while the table is null. */
  private static final class CacheEntry {
    private final WindowTable table;
    private final AtomicInteger count = new AtomicInteger();
    private volatile long lastUsed;

    CacheEntry(WindowTable table, long now) {
      this.table = table;
      this.lastUsed = now;
    }

    /** Writes once a batch at most: a cache line that all threads write would slow them down. */
    void touch(long now) {
      if (lastUsed != now) {
        lastUsed = now;
      }
    }
  }

  /** Advances the clock of "used last"; called once for a batch. */
  long tick() {
    return clock.incrementAndGet();
  }

  /**
   * The key's table; without one, counts the key.
   *
   * <p>When the count passes the threshold, that caller makes the table at once, while others
   * continue without it.
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
    CacheEntry cached = tables.get(keyId);
    if (cached != null) {
      cached.touch(now);
      return cached.table;
    }
    CacheEntry counter = counters.get(keyId);
    if (counter == null) {
      counter = counters.computeIfAbsent(keyId, absent -> new CacheEntry(null, now));
      forgetSome();
    }
    counter.touch(now);
    if (counter.count.incrementAndGet() != threshold + 1) {
      return null;
    }
    Point decoded = point.apply(key);
    return decoded == null ? null : keep(keyId, new WindowTable(decoded, width), now);
  }

  int tableCount() {
    return tables.size();
  }

  /** Keys without a table that are counted. */
  int countedKeys() {
    return counters.size();
  }

  /** Evicts before it adds, so that there are never more tables than the capacity. */
  private synchronized WindowTable keep(KeyId keyId, WindowTable table, long now) {
    if (!tables.containsKey(keyId)) {
      oldest(tables, tables.size() - capacity + 1).forEach(tables::remove);
    }
    tables.put(keyId, new CacheEntry(table, now));
    counters.remove(keyId);
    return table;
  }

  /** Forgets the less recently used half of the counted keys when there are too many. */
  private void forgetSome() {
    if (counters.size() > MAX_COUNTED_KEYS && evictionLock.tryLock()) {
      try {
        oldest(counters, MAX_COUNTED_KEYS / 2).forEach(counters::remove);
      } finally {
        evictionLock.unlock();
      }
    }
  }

  /** The least recently used keys. Each time is read once, because other threads change it. */
  private static List<KeyId> oldest(Map<KeyId, CacheEntry> keys, int count) {
    record LastUse(KeyId keyId, long time) {}
    return keys.entrySet().stream()
        .map(entry -> new LastUse(entry.getKey(), entry.getValue().lastUsed))
        .sorted(Comparator.comparingLong(LastUse::time))
        .limit(Math.max(0, count))
        .map(LastUse::keyId)
        .toList();
  }
}
