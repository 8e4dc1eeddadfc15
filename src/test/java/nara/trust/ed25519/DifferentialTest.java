package nara.trust.ed25519;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import nara.identity.PublicKey;
import nara.trust.SignatureCheck;
import nara.trust.VerifierChoice;
import nara.trust.Verifiers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Signatures of every kind we know how to make, judged by all: the rule decides, ours agrees. */
class DifferentialTest {
  /** Cases of the ordinary run; fewer where the JVM only interprets. */
  private static final int CASES = Integer.getInteger("nara.cases", 30_000);

  @Test
  void theOracleAndTheAlgebraAgreeOnEveryKind() {
    Forge forge = new Forge(new Random(10));
    for (int n = 0; n < 700; n++) {
      Case made = forge.next();
      assertThat(Oracle.verify(made.key(), made.message(), made.signature()))
          .as("%d: %s", n, made.kind())
          .isEqualTo(made.expected());
    }
  }

  @Test
  void everyKindIsJudgedByTheRule() {
    judgedByTheRule(CASES, 11);
  }

  @Test
  @Tag("long")
  void aMillionCasesAreJudgedByTheRule() {
    judgedByTheRule(1_000_000, 12);
  }

  /** One set of tables that is full, one that thrashes, one without, and an 8-bit one. */
  private static void judgedByTheRule(int count, long seed) {
    Forge forge = new Forge(new Random(seed));
    Random sizes = new Random(seed);
    List<Ed25519> all =
        List.of(
            new Ed25519(6, 200, 5),
            new Ed25519(8, 200, 0),
            new Ed25519(5, 3, 2),
            new Ed25519(6, 0, 0));
    Map<String, int[]> kinds = new TreeMap<>();
    List<Case> batch = new ArrayList<>();
    for (int n = 0; n < count; n += batch.size()) {
      batch.clear();
      for (int size = Math.min(count - n, 1 + sizes.nextInt(300)); size > 0; size--) {
        batch.add(forge.next());
      }
      // The slow ones take turns; the one with all its tables sees everything.
      judge(all.get(0), batch);
      judge(all.get(1 + sizes.nextInt(3)), batch);
      for (Case made : batch) {
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

  private static void judge(Ed25519 ed25519, List<Case> batch) {
    boolean[] answers = verify(ed25519, batch);
    for (int i = 0; i < answers.length; i++) {
      if (answers[i] != batch.get(i).expected()) {
        assertThat(answers[i]).as("%s", batch.get(i)).isEqualTo(batch.get(i).expected());
      }
    }
  }

  static boolean[] verify(Ed25519 ed25519, List<Case> batch) {
    return ed25519.verify(
        batch.stream().map(Case::key).toArray(byte[][]::new),
        batch.stream().map(Case::message).toArray(byte[][]::new),
        batch.stream().map(Case::signature).toArray(byte[][]::new));
  }

  @Test
  void correttoAgreesButForKeysThatAreNotCanonical() {
    agreesWithCorretto(CASES / 2, 13);
  }

  @Test
  @Tag("long")
  void correttoAgreesOnAMillionCases() {
    agreesWithCorretto(1_000_000, 14);
  }

  private static void agreesWithCorretto(int count, long seed) {
    VerifierChoice choice = Verifiers.choose("corretto", 0);
    assumeThat(choice).isInstanceOf(VerifierChoice.Chosen.class);
    var corretto = ((VerifierChoice.Chosen) choice).verifier();
    Forge forge = new Forge(new Random(seed));
    Ed25519 tables = new Ed25519(6, 200, 5);
    for (int n = 0; n < count; n += 500) {
      List<Case> batch = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        batch.add(forge.next());
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
