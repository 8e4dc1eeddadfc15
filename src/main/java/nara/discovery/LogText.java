package nara.discovery;

/** What peers chose, made fit for a sentence: one line, printable, and short. */
final class LogText {
  private static final int MAX_CHARACTERS = 64;

  private LogText() {}

  /** The text in quotes. */
  static String quoted(String text) {
    StringBuilder line = new StringBuilder("\"");
    text.codePoints().limit(MAX_CHARACTERS).map(LogText::printable).forEach(line::appendCodePoint);
    boolean truncated = text.codePointCount(0, text.length()) > MAX_CHARACTERS;
    return line.append(truncated ? "…\"" : "\"").toString();
  }

  private static int printable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          '\uFFFD';
      default -> c;
    };
  }
}
