package nara.fuzz;

import java.util.Objects;
import nara.bounds.SafeText;

/** Checks of properties. They cost nothing while they hold, since a fuzzer makes many. */
public final class Property {
  /** A sentence for people is no longer, however long the input was. */
  private static final int MAX_SENTENCE = 1_000;

  private Property() {}

  /** Fails with this text unless the condition holds. */
  public static void holds(boolean condition, String property) {
    if (!condition) {
      throw new AssertionError(property);
    }
  }

  /** Fails unless both are equal. */
  public static void equal(Object actual, Object expected, String property) {
    if (!Objects.equals(actual, expected)) {
      throw new AssertionError(
          "%s: expected %s, got %s"
              .formatted(
                  property,
                  SafeText.excerpt(String.valueOf(expected), MAX_SENTENCE),
                  SafeText.excerpt(String.valueOf(actual), MAX_SENTENCE)));
    }
  }

  /**
   * Fails unless the text may be printed or logged: one line, printable, not empty, not endless.
   */
  public static void printable(String sentence) {
    holds(sentence != null && !sentence.isEmpty(), "a failure has a reason");
    holds(sentence.length() <= MAX_SENTENCE, "a sentence has " + sentence.length() + " characters");
    holds(
        SafeText.escaped(sentence).equals(sentence),
        "a sentence is not printable: " + SafeText.escaped(sentence));
  }
}
