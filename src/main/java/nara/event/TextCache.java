package nara.event;

/**
 * A bounded cache of short texts. A ledger holds the same few names and ids in every event; sharing
 * one copy of each saves about a third of its memory.
 *
 * <p>Direct-mapped and without locks: a lost race costs one more copy, never a wrong text.
 */
final class TextCache {
  private static final int SLOTS = 1 << 13;
  private static final int LONGEST = 64;

  private final String[] slots = new String[SLOTS];

  String shared(String text) {
    if (text.isEmpty()) {
      return "";
    }
    if (text.length() > LONGEST) {
      return text;
    }
    int hash = text.hashCode();
    int slot = (hash ^ hash >>> 13) & SLOTS - 1;
    String held = slots[slot];
    if (text.equals(held)) {
      return held;
    }
    slots[slot] = text;
    return text;
  }
}
