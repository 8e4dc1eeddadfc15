package nara.trust.ed25519;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import nara.identity.PublicKey;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.VerifierChoice;
import nara.trust.verifier.Verifiers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Compares the verifiers with the expected results on generated signatures of every kind. */
class DifferentialTest {
  /** Cases of the ordinary run; fewer when the JVM only interprets. */
  private static final int CASES = Integer.getInteger("nara.cases", 30_000);

  @Test
  void big_integer_verification_matches_the_expected_result_of_every_kind() {
    SignatureCaseGenerator generator = new SignatureCaseGenerator(new Random(10));
    for (int n = 0; n < CASES / 40; n++) {
      SignatureCase made = generator.next();
      assertThat(BigIntegerEd25519.verify(made.key(), made.message(), made.signature()))
          .as("%d: %s", n, made.kind())
          .isEqualTo(made.expected());
    }
  }

  @Test
  void verifier_matches_the_rule_on_every_kind() {
    judgedByTheRule(CASES, 11);
  }

  @Test
  @Tag("long")
  void verifier_matches_the_rule_on_a_million_cases() {
    judgedByTheRule(1_000_000, 12);
  }

  /** Verifiers whose tables suffice, thrash, are missing, and have windows of 8 bits. */
  private static void judgedByTheRule(int count, long seed) {
    SignatureCaseGenerator generator = new SignatureCaseGenerator(new Random(seed));
    Random sizes = new Random(seed);
    List<Ed25519> all =
        List.of(
            new Ed25519(6, 200, 5),
            new Ed25519(8, 200, 0),
            new Ed25519(5, 3, 2),
            new Ed25519(6, 0, 0));
    Map<String, int[]> kinds = new TreeMap<>();
    List<SignatureCase> batch = new ArrayList<>();
    for (int n = 0; n < count; n += batch.size()) {
      batch.clear();
      for (int size = Math.min(count - n, 1 + sizes.nextInt(300)); size > 0; size--) {
        batch.add(generator.next());
      }
      // The slow ones take turns; the one with enough tables verifies everything.
      check(all.get(0), batch);
      check(all.get(1 + sizes.nextInt(3)), batch);
      for (SignatureCase made : batch) {
        kinds.computeIfAbsent(made.kind(), kind -> new int[2])[made.expected() ? 1 : 0]++;
      }
    }
    assertThat(kinds.keySet())
        .contains("a bit of R", "a bit of S", "a bit of M", "a bit of A", "S + nL")
        .contains("R with torsion", "torsion that cancels", "R not canonical", "wrong length");
    assertThat(kinds.get("signed")[1]).isGreaterThan(count / 30);
    assertThat(kinds.get("signed")[0]).isGreaterThan(count / 300);
    assertThat(kinds.get("S + nL")[1]).isZero();
  }

  private static void check(Ed25519 ed25519, List<SignatureCase> batch) {
    boolean[] answers = verify(ed25519, batch);
    for (int i = 0; i < answers.length; i++) {
      if (answers[i] != batch.get(i).expected()) {
        assertThat(answers[i]).as("%s", batch.get(i)).isEqualTo(batch.get(i).expected());
      }
    }
  }

  static boolean[] verify(Ed25519 ed25519, List<SignatureCase> batch) {
    return ed25519.verify(
        batch.stream().map(SignatureCase::key).toArray(byte[][]::new),
        batch.stream().map(SignatureCase::message).toArray(byte[][]::new),
        batch.stream().map(SignatureCase::signature).toArray(byte[][]::new));
  }

  @Test
  void corretto_agrees_except_on_non_canonical_keys() {
    agreesWithCorretto(CASES / 2, 13);
  }

  @Test
  @Tag("long")
  void corretto_agrees_on_a_million_cases() {
    agreesWithCorretto(1_000_000, 14);
  }

  private static void agreesWithCorretto(int count, long seed) {
    VerifierChoice choice = Verifiers.choose("corretto", 0);
    assumeThat(choice).isInstanceOf(VerifierChoice.Available.class);
    var corretto = ((VerifierChoice.Available) choice).signatureVerifier();
    SignatureCaseGenerator generator = new SignatureCaseGenerator(new Random(seed));
    Ed25519 tables = new Ed25519(6, 200, 5);
    for (int n = 0; n < count; n += 500) {
      List<SignatureCase> batch = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        batch.add(generator.next());
      }
      boolean[] ours = verify(tables, batch);
      boolean[] theirs =
          corretto.verify(
              batch.stream()
                  .map(c -> new SignatureCheck(PublicKey.of(c.key()), c.message(), c.signature()))
                  .toList());
      for (int i = 0; i < ours.length; i++) {
        boolean expected = ours[i] && Ed25519.isCanonical(batch.get(i).key(), 0);
        if (theirs[i] != expected) {
          assertThat(theirs[i]).as("%s", batch.get(i)).isEqualTo(expected);
        }
      }
    }
  }
}
