package nara.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapTrimmerTest {
  private static final long TRIMMED = 1L << 30;

  private long committed;
  private int collections;

  private final HeapTrimmer trimmer =
      new HeapTrimmer(
          () -> committed,
          () -> {
            collections++;
            committed = TRIMMED;
          },
          Runnable::run);

  @Test
  void heap_of_a_small_node_is_not_collected() {
    committed = HeapTrimmer.MIN_GROWTH_BYTES;
    trimmer.trimIfGrown();

    assertThat(collections).isZero();
  }

  @Test
  void heap_is_collected_again_only_when_it_has_grown_since() {
    committed = 3 * TRIMMED;
    trimmer.trimIfGrown();
    assertThat(collections).isEqualTo(1);

    committed = TRIMMED + HeapTrimmer.MIN_GROWTH_BYTES;
    trimmer.trimIfGrown();
    assertThat(collections).isEqualTo(1);

    committed++;
    trimmer.trimIfGrown();
    assertThat(collections).isEqualTo(2);
  }
}
