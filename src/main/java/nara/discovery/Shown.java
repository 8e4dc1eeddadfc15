package nara.discovery;

/** What peers chose, made fit for a sentence: one line, printable, and short. */
final class Shown {
  private static final int MAX_CHARACTERS = 64;

  private Shown() {}

  /** The text in quotes. */
  static String of(String told) {
    StringBuilder line = new StringBuilder("\"");
    told.codePoints().limit(MAX_CHARACTERS).map(Shown::printable).forEach(line::appendCodePoint);
    boolean cut = told.codePointCount(0, told.length()) > MAX_CHARACTERS;
    return line.append(cut ? "…\"" : "\"").toString();
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
