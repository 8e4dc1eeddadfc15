package nara.event.json;

/**
 * A bounded cache of short texts. A ledger holds the same few names and ids in every event; sharing
 * one copy of each saves about a third of its memory.
 *
 * <p>Direct-mapped and without locks: a lost race costs one more copy, never a wrong text.
 */
final class StringInterner {
  private static final int SLOTS = 1 << 13;
  private static final int MAX_LENGTH = 64;

  private final String[] slots = new String[SLOTS];

  /**
   * The text that those characters are, without halves of pairs; a new one only when it is not
   * here.
   */
  String intern(char[] characters, int offset, int length) {
    if (length == 0) {
      return "";
    }
    if (length > MAX_LENGTH) {
      return withoutLoneSurrogates(new String(characters, offset, length));
    }
    int hash = 0;
    for (int i = offset; i < offset + length; i++) {
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

  /** Half a surrogate pair is no character; the reference reads U+FFFD there, and so do we. */
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
