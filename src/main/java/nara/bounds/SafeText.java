package nara.bounds;

/**
 * Makes text from the network or from a file safe to print: one line, without characters that move
 * the cursor, reorder the line or stay invisible.
 *
 * <p>Not printable are control characters (C0, C1), format characters (bidirectional overrides,
 * zero width), line and paragraph separators, lone surrogates and unassigned code points.
 */
public final class SafeText {
  /** Code points of an excerpt: the longest usual name, id or reason fits. */
  public static final int MAX_EXCERPT = 64;

  private static final int REPLACEMENT = '\uFFFD';

  private SafeText() {}

  /** At most {@link #MAX_EXCERPT} code points of the text; see {@link #excerpt(String, int)}. */
  public static String excerpt(String text) {
    return excerpt(text, MAX_EXCERPT);
  }

  /**
   * The start of the text: U+FFFD replaces each character that is not printable.
   *
   * @param max code points kept; an ellipsis follows when the text has more
   */
  public static String excerpt(String text, int max) {
    StringBuilder line = new StringBuilder(Math.min(text.length(), max + 1));
    text.codePoints()
        .limit(max)
        .map(c -> isPrintable(c) ? c : REPLACEMENT)
        .forEach(line::appendCodePoint);
    boolean isCut = text.codePoints().skip(max).findAny().isPresent();
    return isCut ? line.append('…').toString() : line.toString();
  }

  /** The {@link #excerpt(String)} in double quotes. */
  public static String quoted(String text) {
    return '"' + excerpt(text) + '"';
  }

  /** The whole text: a {@code \\uXXXX} escape replaces each character that is not printable. */
  public static String escaped(String text) {
    return escaped(text, false);
  }

  /**
   * The same for a JSON text, which stays the same JSON: what is not printable is in its strings.
   * Line feeds remain, since a writer of JSON escapes those in strings.
   */
  public static String escapedJson(String json) {
    return escaped(json, true);
  }

  private static String escaped(String text, boolean keepsLineFeeds) {
    if (text.chars().allMatch(c -> c >= ' ' && c < 0x7f || keepsLineFeeds && c == '\n')) {
      return text;
    }
    StringBuilder line = new StringBuilder(text.length());
    for (int c : text.codePoints().toArray()) {
      if (isPrintable(c) || keepsLineFeeds && c == '\n') {
        line.appendCodePoint(c);
      } else {
        Character.toString(c).chars().forEach(unit -> line.append("\\u%04x".formatted(unit)));
      }
    }
    return line.toString();
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
