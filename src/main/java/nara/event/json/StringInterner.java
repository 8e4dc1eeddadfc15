package nara.event.json;

import java.util.Arrays;

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

  /** A text with its characters as they stood in an event: arrays compare fast. */
  private record Text(String text, char[] characters) {}

  private final Text[] slots = new Text[SLOTS];

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
    Text held = slots[slot];
    if (held != null
        && Arrays.equals(
            held.characters, 0, held.characters.length, characters, offset, offset + length)) {
      return held.text;
    }
    String text = withoutLoneSurrogates(new String(characters, offset, length));
    slots[slot] = new Text(text, Arrays.copyOfRange(characters, offset, offset + length));
    return text;
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
