package nara.trust.ed25519;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Which keys get a table, within the limits. */
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
    point.decode(BigIntegerEd25519.B.encoded(), 0);
    return point;
  }

  private static WindowTable find(KeyTables tables, int key) {
    return tables.find(key(key), tables.tick(), KeyTablesTest::base);
  }

  @Test
  void key_gets_table_after_threshold() {
    KeyTables tables = new KeyTables(4, 10, 3);
    for (int i = 0; i < 3; i++) {
      assertThat(find(tables, 1)).isNull();
    }
    WindowTable table = find(tables, 1);
    assertThat(table).isNotNull().isSameAs(find(tables, 1));
    assertThat(tables.tableCount()).isEqualTo(1);
    assertThat(tables.countedKeys()).isZero();
    assertThat(find(tables, 2)).isNull();
  }

  @Test
  void least_recently_used_table_is_evicted() {
    KeyTables tables = new KeyTables(4, 3, 0);
    for (int key : new int[] {1, 2, 3, 1, 4}) {
      assertThat(find(tables, key)).isNotNull();
      assertThat(tables.tableCount()).isLessThanOrEqualTo(3);
    }
    WindowTable first = find(tables, 1);
    assertThat(find(tables, 3)).isNotNull();
    assertThat(find(tables, 4)).isNotNull();
    // Key 2 was evicted: its table is made again, and evicts key 1, now the least recently used.
    assertThat(find(tables, 2)).isNotNull();
    assertThat(find(tables, 1)).isNotSameAs(first);
  }

  @Test
  void key_uses_are_not_counted_when_capacity_is_zero() {
    KeyTables tables = new KeyTables(4, 0, 0);
    for (int i = 0; i < 10; i++) {
      assertThat(find(tables, 1)).isNull();
    }
    assertThat(tables.countedKeys()).isZero();
  }

  @Test
  void keys_off_the_curve_never_get_a_table() {
    KeyTables tables = new KeyTables(4, 10, 1);
    for (int i = 0; i < 10; i++) {
      assertThat(tables.find(key(1), tables.tick(), key -> null)).isNull();
    }
    assertThat(tables.tableCount()).isZero();
  }

  @Test
  void flood_of_new_keys_does_not_evict_tables_in_use() {
    KeyTables tables = new KeyTables(4, 10, 40);
    for (int i = 0; i < 100_000; i++) {
      find(tables, 1_000 + i);
      assertThat(tables.countedKeys()).isLessThanOrEqualTo(KeyTables.MAX_COUNTED_KEYS + 1);
      if (i % 2_000 == 0) {
        find(tables, 1);
      }
    }
    assertThat(tables.tableCount()).isEqualTo(1);
  }

  @Test
  void concurrent_use_keeps_capacity_and_results() throws Exception {
    Ed25519 ed25519 = new Ed25519(4, 5, 2);
    SignatureCaseGenerator generator = new SignatureCaseGenerator(RANDOM);
    List<SignatureCase> signatureCases = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      signatureCases.add(generator.next());
    }
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        int from = 40 * i;
        all.add(
            executor.submit(
                () -> {
                  for (int round = 0; round < 10; round++) {
                    List<SignatureCase> batch = signatureCases.subList(from, from + 80);
                    boolean[] answers = DifferentialTest.verify(ed25519, batch);
                    for (int j = 0; j < answers.length; j++) {
                      assertThat(answers[j]).isEqualTo(batch.get(j).expected());
                    }
                    assertThat(ed25519.tableCount()).isLessThanOrEqualTo(5);
                  }
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    assertThat(ed25519.tableCount()).isEqualTo(5);
  }
}
