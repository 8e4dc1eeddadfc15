package nara.trust.verifier;

import java.util.List;
import nara.trust.verifier.VerifierChoice.Available;

/** Chooses a verifier by its name in the configuration. */
public final class Verifiers {
  /** The names that {@link #choose} knows; "auto" is "tables". */
  public static final List<String> NAMES =
      List.of("auto", "tables", "corretto", "bouncycastle", "jdk");

  private Verifiers() {}

  /**
   * The verifier of that name, or why there is none.
   *
   * @param maxTables for "tables": keys that may have a table, at 276 KB each; 0 for none
   */
  public static VerifierChoice choose(String name, int maxTables) {
    return switch (name) {
      case "auto", "tables" ->
          maxTables < 0
              ? new VerifierChoice.Unavailable(
                  "keys with a table: expected 0 or more, got " + maxTables)
              : new Available(new TableVerifier(maxTables));
      case "corretto" -> ProviderVerifier.corretto();
      case "bouncycastle" -> new Available(new BouncyCastleVerifier());
      case "jdk" -> ProviderVerifier.jdk();
      default ->
          new VerifierChoice.Unavailable(
              "unknown verifier \"" + name + "\"; expected one of " + String.join(", ", NAMES));
    };
  }

  /**
   * The verifier that rechecks the primary one: Corretto, or else the JDK. They share no code with
   * the others. Of what the rule accepts they refuse only keys that are not canonical or of small
   * order.
   *
   * @param primary the name of the verifier that is rechecked
   */
  public static VerifierChoice secondary(String primary) {
    VerifierChoice corretto =
        primary.equals("corretto") ? ProviderVerifier.jdk() : ProviderVerifier.corretto();
    return corretto instanceof Available || primary.equals("jdk")
        ? corretto
        : ProviderVerifier.jdk();
  }
}
