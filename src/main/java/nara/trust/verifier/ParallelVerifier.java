package nara.trust.verifier;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Spreads a batch over several threads, in pieces.
 *
 * <p>The calling thread works too and takes pieces until none is left. A busy or closing executor
 * therefore only makes a batch slower, and a call from one of the executor's own threads cannot
 * deadlock. A batch of one piece stays on the calling thread.
 */
public final class ParallelVerifier implements SignatureVerifier {
  /** Signatures of a piece: enough to share an inversion, few enough to balance the cores. */
  public static final int PIECE = 128;

  private final SignatureVerifier signatureVerifier;
  private final Executor executor;
  private final int threads;

  /**
   * @param threads at most so many threads work on one batch, the calling one included
   */
  public ParallelVerifier(SignatureVerifier verifier, Executor executor, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads: expected 1 or more, got " + threads);
    }
    this.signatureVerifier = verifier;
    this.executor = executor;
    this.threads = threads;
  }

  @Override
  public String name() {
    return signatureVerifier.name();
  }

  @Override
  public Optional<String> tripReason() {
    return signatureVerifier.tripReason();
  }

  @Override
  public boolean[] verify(List<SignatureCheck> batch) {
    int pieces = Math.ceilDiv(batch.size(), PIECE);
    if (pieces <= 1 || threads == 1) {
      return signatureVerifier.verify(batch);
    }
    boolean[] answers = new boolean[batch.size()];
    AtomicInteger next = new AtomicInteger();
    AtomicInteger unfinished = new AtomicInteger(pieces);
    CompletableFuture<Void> done = new CompletableFuture<>();
    Runnable worker =
        () -> {
          for (int piece = next.getAndIncrement(); piece < pieces; piece = next.getAndIncrement()) {
            try {
              int from = piece * PIECE;
              int to = Math.min(batch.size(), from + PIECE);
              boolean[] some = signatureVerifier.verify(batch.subList(from, to));
              System.arraycopy(some, 0, answers, from, some.length);
            } catch (RuntimeException | Error failure) {
              done.completeExceptionally(failure);
            }
            if (unfinished.decrementAndGet() == 0) {
              done.complete(null);
            }
          }
        };
    try {
      for (int i = 1; i < Math.min(threads, pieces); i++) {
        executor.execute(worker);
      }
    } catch (RejectedExecutionException closing) {
      // The threads that have the work do all of it.
    }
    worker.run();
    try {
      // Waits through interrupts: the last pieces take milliseconds, and half a batch is no answer.
      done.join();
    } catch (CompletionException failed) {
      throw new IllegalStateException("a verifier failed", failed.getCause());
    }
    return answers;
  }
}
