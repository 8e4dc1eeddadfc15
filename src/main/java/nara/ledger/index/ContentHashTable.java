package nara.ledger.index;

import java.util.concurrent.ThreadLocalRandom;
import nara.negentropy.ItemId;

/**
 * The held event of each hash, where {@link HashIndex} is on. As {@link EventTable}, without an
 * object for each entry, and with a multiplier that peers do not know, since they can choose hashes
 * by trying. O(1) expected; 4 bytes a slot, of which a third to two thirds are filled.
 */
final class ContentHashTable {
  private final long salt = ThreadLocalRandom.current().nextLong() | 1;
  private int bits;
  private StoredEvent[] slots;
  private int size;

  /** A table with room for so many. */
  ContentHashTable(int expected) {
    bits = 64 - Long.numberOfLeadingZeros(Math.max(8, expected * 3L / 2));
    slots = new StoredEvent[1 << bits];
  }

  /** The one with that hash; null when none is held. */
  StoredEvent get(ItemId hash) {
    return slots[slotOf(hash)];
  }

  void put(StoredEvent storedEvent) {
    if (++size * 3L > slots.length * 2L) {
      grow();
    }
    slots[slotOf(storedEvent.hash)] = storedEvent;
  }

  /** Removes one that is there. */
  void remove(StoredEvent storedEvent) {
    int mask = slots.length - 1;
    int hole = slotOf(storedEvent.hash);
    // Those behind it that had to give way move up, so that a search still finds them.
    for (int at = hole + 1 & mask; slots[at] != null; at = at + 1 & mask) {
      if ((at - homeSlot(slots[at].hash) & mask) >= (at - hole & mask)) {
        slots[hole] = slots[at];
        hole = at;
      }
    }
    slots[hole] = null;
    size--;
  }

  private int slotOf(ItemId hash) {
    int mask = slots.length - 1;
    int at = homeSlot(hash);
    while (slots[at] != null && !slots[at].hash.equals(hash)) {
      at = at + 1 & mask;
    }
    return at;
  }

  private int homeSlot(ItemId hash) {
    return (int) (hash.first() * salt >>> 64 - bits);
  }

  private void grow() {
    StoredEvent[] before = slots;
    bits++;
    slots = new StoredEvent[1 << bits];
    for (StoredEvent storedEvent : before) {
      if (storedEvent != null) {
        slots[slotOf(storedEvent.hash)] = storedEvent;
      }
    }
  }
}
