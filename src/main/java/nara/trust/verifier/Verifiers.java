package nara.trust.verifier;

import java.util.List;

/** Chooses a verifier by the name that configuration gives. */
public final class Verifiers {
  /** The names that {@link #choose} knows; "auto" is "tables". */
  public static final List<String> NAMES =
      List.of("auto", "tables", "corretto", "bouncycastle", "jdk");

  private Verifiers() {}

  /**
   * The verifier of that name, or a sentence why there is none.
   *
   * @param name one of {@link #NAMES}
   * @param maxTables how many keys may have a table, at 161 KB each; 0 for none. Others than
   *     "tables" have no use for it
   */
  public static VerifierChoice choose(String name, int maxTables) {
    return switch (name) {
      case "auto", "tables" -> tableVerifier(maxTables);
      case "corretto" -> CorrettoVerifier.load();
      case "bouncycastle" -> new VerifierChoice.Available(new BouncyCastleVerifier());
      case "jdk" -> JdkVerifier.load();
      default ->
          new VerifierChoice.Unavailable(
              "there is no verifier \"" + name + "\"; there are " + String.join(", ", NAMES));
    };
  }

  /**
   * Who is asked again about what the chosen verifier accepted: Corretto or else the JDK, which
   * share no code with it and refuse, of what the rule accepts, only keys that are not canonical or
   * of small order.
   *
   * @param primary the name of the verifier whose answers are rechecked
   */
  public static VerifierChoice secondary(String primary) {
    VerifierChoice corretto =
        primary.equals("corretto") ? JdkVerifier.load() : CorrettoVerifier.load();
    return corretto instanceof VerifierChoice.Available || primary.equals("jdk")
        ? corretto
        : JdkVerifier.load();
  }

  private static VerifierChoice tableVerifier(int maxTables) {
    return maxTables < 0
        ? new VerifierChoice.Unavailable(
            "the number of keys with a table is 0 or more, not " + maxTables)
        : new VerifierChoice.Available(new TableVerifier(maxTables));
  }
}
