package nara.fuzz;

/** What Jazzer calls: one target in each process, chosen by a system property. */
public final class JazzerEntry {
  static final String TARGET = "nara.fuzz.target";

  private static final FuzzTarget CHOSEN =
      FuzzTargets.BY_NAME.get(System.getProperty(TARGET)).get();

  private JazzerEntry() {}

  /** Loads and instruments the classes, which takes seconds, before any input is timed. */
  public static void fuzzerInitialize() throws Exception {
    for (byte[] seed : CHOSEN.seeds()) {
      CHOSEN.run(seed);
    }
  }

  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    CHOSEN.run(input);
  }
}
