package nara.ledger.index;

import java.util.concurrent.ThreadLocalRandom;
import nara.event.EventId;

/**
 * The held event of each id. A hash table without an object for each entry: 32 bits of each hash
 * stand in an array of their own, so that most ids that are not held are recognised by one look
 * there, and growing the table touches no event.
 *
 * <p>The hash is multiplied by a number drawn for each table. Ids are hashes that a peer can choose
 * by trying, and it must not know which of them fall together here; nothing else depends on that
 * number.
 *
 * <p>Finding, putting and removing: O(1) expected. 8 bytes a slot, of which a third to two thirds
 * are filled.
 */
public final class EventTable {
  private static final int INITIAL_BITS = 4;

  private final long salt = ThreadLocalRandom.current().nextLong() | 1;
  private int bits = INITIAL_BITS;

  /** The high bits of each entry's hash; 0 for an empty slot. */
  private int[] tags = new int[1 << INITIAL_BITS];

  private StoredEvent[] entries = new StoredEvent[1 << INITIAL_BITS];
  private int size;

  public int size() {
    return size;
  }

  /** The one held under the id; null when there is none. */
  public StoredEvent get(EventId id) {
    return entries[slotOf(id, tagOf(id))];
  }

  /** Puts it under its event's id, in place of what was there. */
  public void put(StoredEvent storedEvent) {
    EventId id = storedEvent.event().id();
    int tag = tagOf(id);
    int at = slotOf(id, tag);
    if (entries[at] == null) {
      if (++size * 3L > entries.length * 2L) {
        grow();
        at = slotOf(id, tag);
      }
      tags[at] = tag;
    }
    entries[at] = storedEvent;
  }

  /** Removes what is under the id, which must be held. */
  public void remove(EventId id) {
    int hole = slotOf(id, tagOf(id));
    int mask = tags.length - 1;
    // Those behind it that had to give way move up, so that a search still finds them.
    for (int at = hole + 1 & mask; tags[at] != 0; at = at + 1 & mask) {
      int homeSlot = tags[at] >>> 32 - bits;
      if ((at - homeSlot & mask) >= (at - hole & mask)) {
        tags[hole] = tags[at];
        entries[hole] = entries[at];
        hole = at;
      }
    }
    tags[hole] = 0;
    entries[hole] = null;
    size--;
  }

  /** The slot of the id, or the empty one where it would go. */
  private int slotOf(EventId id, int tag) {
    int mask = tags.length - 1;
    int at = tag >>> 32 - bits;
    while (tags[at] != 0 && (tags[at] != tag || !entries[at].event().hasId(id))) {
      at = at + 1 & mask;
    }
    return at;
  }

  private int tagOf(EventId id) {
    int tag = (int) ((id.high() ^ id.low()) * salt >>> 32);
    return tag == 0 ? 1 : tag;
  }

  private void grow() {
    int[] oldTags = tags;
    StoredEvent[] oldEntries = entries;
    bits++;
    tags = new int[1 << bits];
    entries = new StoredEvent[1 << bits];
    int mask = tags.length - 1;
    for (int i = 0; i < oldTags.length; i++) {
      if (oldTags[i] != 0) {
        int at = oldTags[i] >>> 32 - bits;
        while (tags[at] != 0) {
          at = at + 1 & mask;
        }
        tags[at] = oldTags[i];
        entries[at] = oldEntries[i];
      }
    }
  }
}
