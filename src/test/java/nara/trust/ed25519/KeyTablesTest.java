package nara.trust.ed25519;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Which keys get a table, and that nobody can make us keep more than we said. */
class KeyTablesTest {
  private static final Random RANDOM = new Random(30);

  private static byte[] key(int number) {
    byte[] key = new byte[32];
    key[0] = (byte) number;
    key[1] = (byte) (number >> 8);
    key[2] = (byte) (number >> 16);
    return key;
  }

  private static Point base(byte[] key) {
    Point point = new Point();
    point.decode(Oracle.B.encoded(), 0);
    return point;
  }

  private static WindowTable find(KeyTables tables, int key) {
    return tables.find(key(key), tables.tick(), KeyTablesTest::base);
  }

  @Test
  void aKeyGetsATableOnceItHasBeenMetMoreOftenThanTheThreshold() {
    KeyTables tables = new KeyTables(4, 10, 3);
    for (int i = 0; i < 3; i++) {
      assertThat(find(tables, 1)).isNull();
    }
    WindowTable table = find(tables, 1);
    assertThat(table).isNotNull().isSameAs(find(tables, 1));
    assertThat(tables.tables()).isEqualTo(1);
    assertThat(tables.counted()).isZero();
    assertThat(find(tables, 2)).isNull();
  }

  @Test
  void theTableUsedLongestAgoMakesRoomForTheNextOne() {
    KeyTables tables = new KeyTables(4, 3, 0);
    for (int key : new int[] {1, 2, 3, 1, 4}) {
      assertThat(find(tables, key)).isNotNull();
      assertThat(tables.tables()).isLessThanOrEqualTo(3);
    }
    WindowTable first = find(tables, 1);
    assertThat(find(tables, 3)).isNotNull();
    assertThat(find(tables, 4)).isNotNull();
    // Key 2 had gone: its table is made anew, and key 1, used longest ago now, goes for it.
    assertThat(find(tables, 2)).isNotNull();
    assertThat(find(tables, 1)).isNotSameAs(first);
  }

  @Test
  void withoutRoomForTablesNothingIsEvenCounted() {
    KeyTables tables = new KeyTables(4, 0, 0);
    for (int i = 0; i < 10; i++) {
      assertThat(find(tables, 1)).isNull();
    }
    assertThat(tables.counted()).isZero();
  }

  @Test
  void keysOffTheCurveNeverGetATable() {
    KeyTables tables = new KeyTables(4, 10, 1);
    for (int i = 0; i < 10; i++) {
      assertThat(tables.find(key(1), tables.tick(), key -> null)).isNull();
    }
    assertThat(tables.tables()).isZero();
  }

  @Test
  void aFloodOfKeysIsForgottenAndTheOnesInUseAreNot() {
    KeyTables tables = new KeyTables(4, 10, 40);
    for (int i = 0; i < 100_000; i++) {
      find(tables, 1_000 + i);
      assertThat(tables.counted()).isLessThanOrEqualTo(KeyTables.COUNTED + 1);
      if (i % 2_000 == 0) {
        find(tables, 1);
      }
    }
    assertThat(tables.tables()).isEqualTo(1);
  }

  @Test
  void manyThreadsWithMoreKeysThanTablesKeepToTheCapacityAndToTheRightAnswers() throws Exception {
    Ed25519 ed25519 = new Ed25519(4, 5, 2);
    Forge forge = new Forge(RANDOM);
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      cases.add(forge.next());
    }
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        int from = 40 * i;
        all.add(
            executor.submit(
                () -> {
                  for (int round = 0; round < 10; round++) {
                    List<Case> batch = cases.subList(from, from + 80);
                    boolean[] answers = DifferentialTest.verify(ed25519, batch);
                    for (int j = 0; j < answers.length; j++) {
                      assertThat(answers[j]).isEqualTo(batch.get(j).expected());
                    }
                    assertThat(ed25519.tables()).isLessThanOrEqualTo(5);
                  }
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    assertThat(ed25519.tables()).isEqualTo(5);
  }
}
