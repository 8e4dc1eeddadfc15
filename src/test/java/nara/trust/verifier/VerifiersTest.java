package nara.trust.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Choosing a verifier by name. */
class VerifiersTest {
  private static String nameOf(VerifierChoice choice) {
    return switch (choice) {
      case VerifierChoice.Available available -> available.signatureVerifier().name();
      case VerifierChoice.Unavailable unavailable -> unavailable.reason();
    };
  }

  @Test
  void auto_verifier_is_tables() {
    assertThat(nameOf(Verifiers.choose("auto", 10))).isEqualTo("tables");
    assertThat(nameOf(Verifiers.choose("tables", 0))).isEqualTo("tables");
  }

  @Test
  void every_listed_name_gives_verifier_or_reason() {
    for (String name : Verifiers.NAMES) {
      assertThat(nameOf(Verifiers.choose(name, 1))).isNotBlank();
    }
    assertThat(nameOf(Verifiers.choose("jdk", 1))).isEqualTo("jdk");
    assertThat(nameOf(Verifiers.choose("bouncycastle", 1))).isEqualTo("bouncycastle");
  }

  @Test
  void unknown_name_is_rejected_with_the_known_names() {
    assertThat(nameOf(Verifiers.choose("openssl", 1)))
        .isEqualTo(
            "unknown verifier \"openssl\"; expected one of auto, tables, corretto, bouncycastle,"
                + " jdk");
  }

  @Test
  void negative_table_limit_is_rejected_with_a_reason() {
    assertThat(nameOf(Verifiers.choose("tables", -1)))
        .isEqualTo("keys with a table: expected 0 or more, got -1");
  }

  @Test
  void rechecking_verifier_differs_from_the_first_verifier() {
    for (String name : Verifiers.NAMES) {
      assertThat(nameOf(Verifiers.secondary(name))).isNotEqualTo(name).isNotEqualTo("tables");
    }
  }
}
