package nara.trust.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Several threads give the answers of one thread, whatever the executor does. */
class ParallelVerifierTest {
  private static final int PIECE = ParallelVerifier.PIECE;

  /** Accepts a check whose message begins with 1, and records the calling threads. */
  private static final class FirstByteVerifier implements SignatureVerifier {
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    @Override
    public String name() {
      return "told";
    }

    @Override
    public boolean[] verify(List<SignatureCheck> batch) {
      threads.add(Thread.currentThread());
      boolean[] answers = new boolean[batch.size()];
      for (int i = 0; i < answers.length; i++) {
        answers[i] = batch.get(i).message()[0] == 1;
      }
      return answers;
    }
  }

  private final FirstByteVerifier firstByteVerifier = new FirstByteVerifier();

  private static List<SignatureCheck> checks(int count) {
    List<SignatureCheck> checks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      checks.add(new SignatureCheck(null, new byte[] {(byte) (i % 7 == 0 ? 1 : 0)}, null));
    }
    return checks;
  }

  private static void answersAreRight(SignatureVerifier verifier, int count) {
    boolean[] answers = verifier.verify(checks(count));
    assertThat(answers).hasSize(count);
    for (int i = 0; i < count; i++) {
      assertThat(answers[i]).isEqualTo(i % 7 == 0);
    }
  }

  @Test
  void parallel_verifier_keeps_order_at_every_batch_size() {
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      SignatureVerifier verifier = new ParallelVerifier(firstByteVerifier, executor, 4);
      for (int size :
          new int[] {0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 5 * PIECE + 3, 5_000}) {
        answersAreRight(verifier, size);
      }
    }
  }

  @Test
  void small_batch_runs_on_calling_thread() {
    Executor none =
        task -> {
          throw new AssertionError("nobody else is needed for one piece");
        };
    answersAreRight(new ParallelVerifier(firstByteVerifier, none, 4), PIECE);
    assertThat(firstByteVerifier.threads).containsExactly(Thread.currentThread());
  }

  @Test
  void parallel_verifier_completes_when_executor_rejects_or_never_runs() {
    Executor closed =
        task -> {
          throw new RejectedExecutionException("closed");
        };
    answersAreRight(new ParallelVerifier(firstByteVerifier, closed, 4), 1_000);
    answersAreRight(new ParallelVerifier(firstByteVerifier, task -> {}, 4), 1_000);
    assertThat(firstByteVerifier.threads).containsExactly(Thread.currentThread());
  }

  @Test
  void parallel_verifier_does_not_deadlock_on_a_single_thread_executor() throws Exception {
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      SignatureVerifier verifier = new ParallelVerifier(firstByteVerifier, executor, 4);
      Future<?> call = executor.submit(() -> answersAreRight(verifier, 1_000));
      call.get();
    }
  }

  @Test
  void interrupted_caller_gets_results_and_stays_interrupted() {
    Thread.currentThread().interrupt();
    answersAreRight(new ParallelVerifier(firstByteVerifier, Thread::startVirtualThread, 4), 1_000);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void verifier_exception_reaches_the_caller() {
    SignatureVerifier broken =
        new SignatureVerifier() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public boolean[] verify(List<SignatureCheck> batch) {
            throw new IllegalStateException("broken");
          }
        };
    SignatureVerifier verifier = new ParallelVerifier(broken, Thread::startVirtualThread, 4);
    assertThatThrownBy(() -> verifier.verify(checks(1_000)))
        .hasMessage("a verifier failed")
        .hasRootCauseMessage("broken");
  }

  @Test
  void parallel_verifier_agrees_with_single_thread_on_real_signatures() {
    List<SignatureCheck> checks = new ArrayList<>(new TestSignatures(9, 1).next(2_000));
    for (int i = 0; i < checks.size(); i += 37) {
      checks.set(i, TestSignatures.withFlippedBit(checks.get(i), i % 512));
    }
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      SignatureVerifier tables = new TableVerifier(5);
      boolean[] answers = new ParallelVerifier(tables, executor, 4).verify(checks);
      for (int i = 0; i < answers.length; i++) {
        assertThat(answers[i]).isEqualTo(i % 37 != 0);
      }
      assertThat(new TableVerifier(5).verify(checks)).isEqualTo(answers);
    }
  }
}
