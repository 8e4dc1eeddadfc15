package nara.trust.ed25519;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Signatures of a batch share an inversion and tables; each keeps its own answer. */
class BatchTest {
  private final Ed25519 tables = new Ed25519(4, 100, 3);
  private final List<SignatureCase> good = cases(true, 300);
  private final List<SignatureCase> bad = cases(false, 50);

  private static List<SignatureCase> cases(boolean expected, int count) {
    SignatureCaseGenerator generator = new SignatureCaseGenerator(new Random(20));
    List<SignatureCase> signatureCases = new ArrayList<>();
    while (signatureCases.size() < count) {
      SignatureCase made = generator.next();
      if (made.expected() == expected) {
        signatureCases.add(made);
      }
    }
    return signatureCases;
  }

  private void answersAreRight(List<SignatureCase> batch) {
    boolean[] answers = DifferentialTest.verify(tables, batch);
    assertThat(answers).hasSize(batch.size());
    for (int i = 0; i < answers.length; i++) {
      assertThat(answers[i]).isEqualTo(batch.get(i).expected());
    }
  }

  @Test
  void batch_verifies_every_size() {
    for (int size = 0; size <= good.size(); size++) {
      answersAreRight(good.subList(0, size));
    }
  }

  @Test
  void batch_isolates_one_bad_signature_at_any_index() {
    for (int size : new int[] {1, 2, 3, 63, 64, 65, Ed25519.BATCH_SIZE, Ed25519.BATCH_SIZE + 1}) {
      for (int place = 0; place < size; place++) {
        List<SignatureCase> batch = new ArrayList<>(good.subList(0, size));
        batch.set(place, bad.get(place % bad.size()));
        answersAreRight(batch);
      }
    }
  }

  @Test
  void batch_accepts_one_good_signature_among_bad_ones() {
    for (int place = 0; place < bad.size(); place++) {
      List<SignatureCase> batch = new ArrayList<>(bad);
      batch.set(place, good.get(place));
      answersAreRight(batch);
    }
  }

  @Test
  void batch_rejects_arrays_of_different_lengths() {
    assertThatThrownBy(() -> tables.verify(new byte[2][], new byte[2][], new byte[1][]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 keys, 2 messages, 1 signatures");
  }
}
