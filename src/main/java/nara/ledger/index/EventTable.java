package nara.ledger.index;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiPredicate;
import java.util.function.ToLongFunction;
import nara.event.EventId;
import nara.negentropy.ItemId;

/**
 * A hash table from a key to its stored event, without an object for each entry. An array of tags
 * holds 32 bits of each hash. Most misses end at the tags, and growing the table reads no event.
 *
 * <p>Keys are hashes that a peer can choose by trying. Each table multiplies them by a secret
 * random number, so a peer cannot make them collide here.
 *
 * <p>Get, put and remove cost O(1) expected. A slot takes 8 bytes; a third to two thirds of the
 * slots are filled.
 */
final class EventTable<K> {
  private static final int INITIAL_BITS = 4;

  private final ToLongFunction<K> hash;
  private final BiPredicate<StoredEvent, K> hasKey;
  private final long salt = ThreadLocalRandom.current().nextLong() | 1;
  private int bits = INITIAL_BITS;

  /** The high bits of each entry's hash; 0 marks an empty slot. */
  private int[] tags = new int[1 << INITIAL_BITS];

  private StoredEvent[] entries = new StoredEvent[1 << INITIAL_BITS];
  private int size;

  private EventTable(ToLongFunction<K> hash, BiPredicate<StoredEvent, K> hasKey) {
    this.hash = hash;
    this.hasKey = hasKey;
  }

  static EventTable<EventId> byId() {
    return new EventTable<>(id -> id.high() ^ id.low(), (stored, id) -> stored.event().hasId(id));
  }

  /** A table by {@link StoredEvent#hash}. */
  static EventTable<ItemId> byHash() {
    return new EventTable<>(ItemId::first, (stored, hash) -> stored.hash.equals(hash));
  }

  int size() {
    return size;
  }

  /** The event with this key, or null. */
  StoredEvent get(K key) {
    return entries[slotOf(key, tagOf(key))];
  }

  /** Stores the event under its key, in place of the event that was there. */
  void put(K key, StoredEvent stored) {
    int tag = tagOf(key);
    int at = slotOf(key, tag);
    if (entries[at] == null) {
      if (++size * 3L > entries.length * 2L) {
        grow();
        at = emptySlot(tag);
      }
      tags[at] = tag;
    }
    entries[at] = stored;
  }

  /** Removes the entry with this key, which must be present. */
  void remove(K key) {
    int hole = slotOf(key, tagOf(key));
    int mask = tags.length - 1;
    // Move displaced entries towards their home slots, so that a search still finds them.
    for (int at = hole + 1 & mask; tags[at] != 0; at = at + 1 & mask) {
      if ((at - homeSlot(tags[at]) & mask) >= (at - hole & mask)) {
        tags[hole] = tags[at];
        entries[hole] = entries[at];
        hole = at;
      }
    }
    tags[hole] = 0;
    entries[hole] = null;
    size--;
  }

  /** The slot of the key, or the empty slot where it belongs. */
  private int slotOf(K key, int tag) {
    int mask = tags.length - 1;
    int at = homeSlot(tag);
    while (tags[at] != 0 && (tags[at] != tag || !hasKey.test(entries[at], key))) {
      at = at + 1 & mask;
    }
    return at;
  }

  private int emptySlot(int tag) {
    int mask = tags.length - 1;
    int at = homeSlot(tag);
    while (tags[at] != 0) {
      at = at + 1 & mask;
    }
    return at;
  }

  private int homeSlot(int tag) {
    return tag >>> 32 - bits;
  }

  private int tagOf(K key) {
    int tag = (int) (hash.applyAsLong(key) * salt >>> 32);
    return tag == 0 ? 1 : tag;
  }

  private void grow() {
    int[] oldTags = tags;
    StoredEvent[] oldEntries = entries;
    bits++;
    tags = new int[1 << bits];
    entries = new StoredEvent[1 << bits];
    for (int i = 0; i < oldTags.length; i++) {
      if (oldTags[i] != 0) {
        int at = emptySlot(oldTags[i]);
        tags[at] = oldTags[i];
        entries[at] = oldEntries[i];
      }
    }
  }
}
