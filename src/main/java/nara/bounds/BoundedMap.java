package nara.bounds;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A map that holds no more entries than it may: a new one evicts the first in its order.
 *
 * <p>Not thread-safe, not even for lookups: with {@link #lru} they change the order.
 */
public final class BoundedMap<K, V> extends LinkedHashMap<K, V> {
  private static final long serialVersionUID = 1L;

  private final int maxEntries;

  private BoundedMap(int maxEntries, boolean accessOrder) {
    super(16, 0.75f, accessOrder);
    this.maxEntries = maxEntries;
  }

  /** Evicts the least recently used entry. */
  public static <K, V> Map<K, V> lru(int maxEntries) {
    return new BoundedMap<>(maxEntries, true);
  }

  /** Evicts the entry that was inserted first. */
  public static <K, V> Map<K, V> fifo(int maxEntries) {
    return new BoundedMap<>(maxEntries, false);
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > maxEntries;
  }
}
