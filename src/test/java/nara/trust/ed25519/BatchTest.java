package nara.trust.ed25519;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Signatures share an inversion and tables, and nothing else: each keeps its own answer. */
class BatchTest {
  private final Ed25519 tables = new Ed25519(4, 100, 3);
  private final List<Case> good = cases(true, 300);
  private final List<Case> bad = cases(false, 50);

  private static List<Case> cases(boolean expected, int count) {
    Forge forge = new Forge(new Random(20));
    List<Case> cases = new ArrayList<>();
    while (cases.size() < count) {
      Case made = forge.next();
      if (made.expected() == expected) {
        cases.add(made);
      }
    }
    return cases;
  }

  private void answersAreRight(List<Case> batch) {
    boolean[] answers = DifferentialTest.verify(tables, batch);
    assertThat(answers).hasSize(batch.size());
    for (int i = 0; i < answers.length; i++) {
      assertThat(answers[i]).isEqualTo(batch.get(i).expected());
    }
  }

  @Test
  void everySizeOfBatchIsAnsweredInFull() {
    for (int size = 0; size <= good.size(); size++) {
      answersAreRight(good.subList(0, size));
    }
  }

  @Test
  void oneBadSignatureAtAnyPlaceCostsOnlyItself() {
    for (int size : new int[] {1, 2, 3, 63, 64, 65, Ed25519.CHUNK, Ed25519.CHUNK + 1}) {
      for (int place = 0; place < size; place++) {
        List<Case> batch = new ArrayList<>(good.subList(0, size));
        batch.set(place, bad.get(place % bad.size()));
        answersAreRight(batch);
      }
    }
  }

  @Test
  void oneGoodSignatureAmongBadOnesIsFound() {
    for (int place = 0; place < bad.size(); place++) {
      List<Case> batch = new ArrayList<>(bad);
      batch.set(place, good.get(place));
      answersAreRight(batch);
    }
  }

  @Test
  void arraysOfDifferentLengthsAreAProgrammersError() {
    assertThatThrownBy(() -> tables.verify(new byte[2][], new byte[2][], new byte[1][]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 keys, 2 messages, 1 signatures");
  }
}
