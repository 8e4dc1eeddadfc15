package nara.trust;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Choosing a verifier by name. */
class VerifiersTest {
  private static String nameOf(VerifierChoice choice) {
    return switch (choice) {
      case VerifierChoice.Chosen chosen -> chosen.verifier().name();
      case VerifierChoice.Unavailable unavailable -> unavailable.why();
    };
  }

  @Test
  void autoIsTables() {
    assertThat(nameOf(Verifiers.choose("auto", 10))).isEqualTo("tables");
    assertThat(nameOf(Verifiers.choose("tables", 0))).isEqualTo("tables");
  }

  @Test
  void everyNameThatIsListedGivesAVerifierOrASentence() {
    for (String name : Verifiers.NAMES) {
      assertThat(nameOf(Verifiers.choose(name, 1))).isNotBlank();
    }
    assertThat(nameOf(Verifiers.choose("jdk", 1))).isEqualTo("jdk");
    assertThat(nameOf(Verifiers.choose("bouncycastle", 1))).isEqualTo("bouncycastle");
  }

  @Test
  void aNameThatIsUnknownIsAnsweredWithThoseThatAreKnown() {
    assertThat(nameOf(Verifiers.choose("openssl", 1)))
        .isEqualTo(
            "there is no verifier \"openssl\"; there are auto, tables, corretto, bouncycastle, jdk");
  }

  @Test
  void aNegativeBudgetIsRefusedInASentence() {
    assertThat(nameOf(Verifiers.choose("tables", -1)))
        .isEqualTo("the number of keys with a table is 0 or more, not -1");
  }

  @Test
  void theSecondOpinionIsNeverTheFirstOneAgain() {
    for (String name : Verifiers.NAMES) {
      assertThat(nameOf(Verifiers.second(name))).isNotEqualTo(name).isNotEqualTo("tables");
    }
  }
}
