package nara.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several verticles learn and look up at once. */
@Timeout(60)
class KeyringConcurrencyTest {
  private static final int THREADS = 4;
  private static final int NAMES = 5_000;

  private final Keyring keyring = new Keyring();

  @Test
  void keyring_gives_contested_name_to_exactly_one_thread() throws Exception {
    List<List<LearnResult>> answers =
        together(
            thread ->
                each(i -> keyring.learn("name " + i, "id " + i, key(thread, i), Origin.HEY_THERE)));

    for (int i = 0; i < NAMES; i++) {
      int name = i;
      List<Integer> winners = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        if (answers.get(thread).get(i) == LearnResult.ADDED) {
          winners.add(thread);
        } else {
          assertThat(answers.get(thread).get(i)).isEqualTo(LearnResult.CONFLICT);
        }
      }
      assertThat(winners).hasSize(1);
      assertThat(keyring.byName("name " + name)).contains(key(winners.getFirst(), name));
      assertThat(keyring.byId("id " + name))
          .as("the losers' keys do not hold for their name")
          .contains(key(winners.getFirst(), name));
    }
    assertThat(keyring.conflictCount()).isEqualTo((long) NAMES * (THREADS - 1));
  }

  @Test
  void keyring_version_publishes_all_entries_it_counts() throws Exception {
    List<List<Boolean>> answers =
        together(
            thread -> {
              if (thread == 0) {
                return each(
                    i ->
                        keyring.learn("name " + i, "id " + i, key(0, i), Origin.PING)
                            == LearnResult.ADDED);
              }
              List<Boolean> consistent = new ArrayList<>();
              long seen;
              do {
                seen = keyring.version();
                consistent.add(seen == 0 || holds((int) seen - 1));
              } while (seen < NAMES);
              return consistent;
            });

    assertThat(answers).allSatisfy(each -> assertThat(each).containsOnly(true));
    assertThat(keyring.size()).isEqualTo(NAMES);
  }

  private boolean holds(int i) {
    KeyLookup known = new KeyLookup.Known(key(0, i));
    return keyring.lookup("name " + i, "id " + i).equals(known)
        && keyring.lookup("name " + i, "").equals(known)
        && keyring.nameOf("id " + i).filter(("name " + i)::equals).isPresent()
        && keyring.idOf("name " + i).filter(("id " + i)::equals).isPresent();
  }

  private interface NumberedTask<T> {
    T run(int number) throws Exception;
  }

  private static <T> List<T> each(NumberedTask<T> task) throws Exception {
    List<T> results = new ArrayList<>();
    for (int i = 0; i < NAMES; i++) {
      results.add(task.run(i));
    }
    return results;
  }

  /** Starts every thread's work at the same moment and gathers what each answers. */
  private static <T> List<T> together(NumberedTask<T> task) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<T>> tasks = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int number = thread;
        tasks.add(
            () -> {
              start.await(30, TimeUnit.SECONDS);
              return task.run(number);
            });
      }
      List<T> answers = new ArrayList<>();
      for (Future<T> answer : threads.invokeAll(tasks)) {
        answers.add(answer.get());
      }
      return answers;
    } finally {
      threads.shutdownNow();
    }
  }

  private static PublicKey key(int thread, int i) {
    return PublicKey.of(ByteBuffer.allocate(PublicKey.LENGTH).putInt(thread).putInt(i).array());
  }
}
