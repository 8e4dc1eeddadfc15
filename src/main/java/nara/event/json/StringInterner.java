package nara.event.json;

/**
 * A bounded cache of short texts. The same few names and ids are in every event of a ledger; one
 * shared copy of each saves about a third of its memory.
 *
 * <p>Direct-mapped and without locks: a lost race costs one more copy, never a wrong text.
 */
final class StringInterner {
  private static final int SLOTS = 1 << 13;
  private static final int MAX_LENGTH = 64;

  /** Characters hashed, from the end: texts that long are ids and keys, which differ there. */
  private static final int HASHED = 8;

  private final String[] slots = new String[SLOTS];

  /** The text of the characters, without lone surrogates; from the cache if possible. */
  String intern(char[] characters, int offset, int length) {
    if (length > MAX_LENGTH) {
      return withoutLoneSurrogates(new String(characters, offset, length));
    }
    int hash = length;
    for (int i = offset + Math.max(0, length - HASHED); i < offset + length; i++) {
      hash = 31 * hash + characters[i];
    }
    int slot = (hash ^ hash >>> 13) & SLOTS - 1;
    String held = slots[slot];
    if (held != null && matches(held, characters, offset, length)) {
      return held;
    }
    String text = withoutLoneSurrogates(new String(characters, offset, length));
    slots[slot] = text;
    return text;
  }

  private static boolean matches(String text, char[] characters, int offset, int length) {
    if (text.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) != characters[offset + i]) {
        return false;
      }
    }
    return true;
  }

  /** Replaces each lone surrogate by U+FFFD, as the reference does. */
  static String withoutLoneSurrogates(String text) {
    char[] mended = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else {
        mended = mended == null ? text.toCharArray() : mended;
        mended[i] = '\uFFFD';
      }
    }
    return mended == null ? text : new String(mended);
  }
}
