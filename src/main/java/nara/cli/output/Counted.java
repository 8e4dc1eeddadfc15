package nara.cli.output;

/** A number with its noun: "1 event", "2 events", "20,000 events". */
public final class Counted {
  private Counted() {}

  /** The number with the noun, which takes an s unless there is exactly one. */
  public static String of(long count, String noun) {
    return "%,d %s%s".formatted(count, noun, count == 1 ? "" : "s");
  }
}
