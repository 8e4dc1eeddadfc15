package nara.trust;

import java.util.List;

/** Chooses a verifier by the name that configuration gives. */
public final class Verifiers {
  /** The names that {@link #choose} knows; "auto" is "tables". */
  public static final List<String> NAMES = List.of("auto", "tables", "corretto", "jdk");

  private Verifiers() {}

  /**
   * The verifier of that name, or a sentence why there is none.
   *
   * @param name one of {@link #NAMES}
   * @param tableBudget how many keys may have a table, at 161 KB each; 0 for none. Others than
   *     "tables" have no use for it
   */
  public static VerifierChoice choose(String name, int tableBudget) {
    return switch (name) {
      case "auto", "tables" -> tables(tableBudget);
      case "corretto" -> CorrettoVerifier.load();
      case "jdk" -> JdkVerifier.load();
      default ->
          new VerifierChoice.Unavailable(
              "there is no verifier \"" + name + "\"; there are " + String.join(", ", NAMES));
    };
  }

  private static VerifierChoice tables(int tableBudget) {
    return tableBudget < 0
        ? new VerifierChoice.Unavailable(
            "the number of keys with a table is 0 or more, not " + tableBudget)
        : new VerifierChoice.Chosen(new TableVerifier(tableBudget));
  }
}
