package nara.fuzz;

import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs each fuzz target on its kept inputs, its seeds, and mutations of them from a fixed seed. It
 * is what {@code scripts/test} runs; Jazzer is not involved, since its agent slows the whole JVM.
 */
class FuzzCorpusTest {
  private static final int MUTATIONS = 4_000;
  private static final long SEED = 12;

  static Set<String> targets() {
    return FuzzTargets.BY_NAME.keySet();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void target_holds_its_properties_on_kept_and_mutated_inputs(String name) throws Exception {
    FuzzTarget target = FuzzTargets.BY_NAME.get(name).get();
    List<byte[]> corpus = Corpus.of(name, target);
    for (byte[] input : corpus) {
      run(name, target, input);
    }
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < MUTATIONS; i++) {
      run(name, target, Corpus.mutate(corpus.get(i % corpus.size()), corpus, random));
    }
  }

  private static void run(String name, FuzzTarget target, byte[] input) {
    try {
      target.run(input);
    } catch (Throwable finding) {
      throw new AssertionError(
          "fuzz target %s fails with the input (Base64) %s"
              .formatted(name, Base64.getEncoder().encodeToString(input)),
          finding);
    }
  }
}
