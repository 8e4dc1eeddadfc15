package nara.ledger;

import java.util.concurrent.ThreadLocalRandom;
import nara.reconcile.ItemId;

/**
 * The held event of each hash, where {@link HashIndex} is on. As {@link Slots}, without an object
 * for each entry, and with a multiplier that peers do not know, since they can choose hashes by
 * trying. O(1) expected; 4 bytes a slot, of which a third to two thirds are filled.
 */
final class HashTable {
  private final long salt = ThreadLocalRandom.current().nextLong() | 1;
  private int bits;
  private Held[] slots;
  private int size;

  /** A table with room for so many. */
  HashTable(int expected) {
    bits = 64 - Long.numberOfLeadingZeros(Math.max(8, expected * 3L / 2));
    slots = new Held[1 << bits];
  }

  /** The one with that hash; null when none is held. */
  Held get(ItemId hash) {
    return slots[find(hash)];
  }

  void put(Held held) {
    if (++size * 3L > slots.length * 2L) {
      grow();
    }
    slots[find(held.hash)] = held;
  }

  /** Removes one that is there. */
  void remove(Held held) {
    int mask = slots.length - 1;
    int hole = find(held.hash);
    // Those behind it that had to give way move up, so that a search still finds them.
    for (int at = hole + 1 & mask; slots[at] != null; at = at + 1 & mask) {
      if ((at - wanted(slots[at].hash) & mask) >= (at - hole & mask)) {
        slots[hole] = slots[at];
        hole = at;
      }
    }
    slots[hole] = null;
    size--;
  }

  private int find(ItemId hash) {
    int mask = slots.length - 1;
    int at = wanted(hash);
    while (slots[at] != null && !slots[at].hash.equals(hash)) {
      at = at + 1 & mask;
    }
    return at;
  }

  private int wanted(ItemId hash) {
    return (int) (hash.first() * salt >>> 64 - bits);
  }

  private void grow() {
    Held[] before = slots;
    bits++;
    slots = new Held[1 << bits];
    for (Held held : before) {
      if (held != null) {
        slots[find(held.hash)] = held;
      }
    }
  }
}
