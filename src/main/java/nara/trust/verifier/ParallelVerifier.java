package nara.trust.verifier;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Spreads a batch over all cores.
 *
 * <p>The calling thread works too, and takes pieces until none is left; so a busy or closing
 * executor makes a batch slower and never makes it wait, and a call from one of the executor's own
 * threads can't lock up. A batch of one piece stays on the calling thread.
 */
public final class ParallelVerifier implements SignatureVerifier {
  /** Signatures of a piece: enough to share an inversion, few enough to even out the cores. */
  public static final int PIECE = 128;

  private final SignatureVerifier signatureVerifier;
  private final Executor executor;
  private final int threads;

  /**
   * @param signatureVerifier answers for each piece
   * @param executor runs pieces beside the calling thread
   * @param threads how many threads work on one batch, the calling one included; at least 1
   */
  public ParallelVerifier(SignatureVerifier signatureVerifier, Executor executor, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("a batch needs 1 thread or more, not " + threads);
    }
    this.signatureVerifier = signatureVerifier;
    this.executor = executor;
    this.threads = threads;
  }

  @Override
  public String name() {
    return signatureVerifier.name();
  }

  @Override
  public boolean[] verify(List<SignatureCheck> batch) {
    int pieces = (batch.size() + PIECE - 1) / PIECE;
    if (pieces <= 1 || threads == 1) {
      return signatureVerifier.verify(batch);
    }
    BatchTask batchTask = new BatchTask(List.copyOf(batch), pieces);
    for (int i = 1; i < Math.min(threads, pieces); i++) {
      try {
        executor.execute(batchTask);
      } catch (RejectedExecutionException closing) {
        break; // The calling thread does what nobody else does.
      }
    }
    return batchTask.runAndAwait();
  }

  /** A batch in pieces; whoever runs it takes pieces until none is left. */
  private final class BatchTask implements Runnable {
    private final List<SignatureCheck> batch;
    private final boolean[] answers;
    private final int pieces;
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch unfinished;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    BatchTask(List<SignatureCheck> batch, int pieces) {
      this.batch = batch;
      this.answers = new boolean[batch.size()];
      this.pieces = pieces;
      this.unfinished = new CountDownLatch(pieces);
    }

    @Override
    public void run() {
      for (int piece = next.getAndIncrement(); piece < pieces; piece = next.getAndIncrement()) {
        try {
          int from = piece * PIECE;
          int to = Math.min(batch.size(), from + PIECE);
          boolean[] some = signatureVerifier.verify(batch.subList(from, to));
          System.arraycopy(some, 0, answers, from, some.length);
        } catch (RuntimeException | Error fault) {
          // A programmer's error: handed to the thread that asked, which is waiting for this piece.
          failure.compareAndSet(null, fault);
        } finally {
          unfinished.countDown();
        }
      }
    }

    /** Works until no piece is left, then waits for those that others have taken. */
    boolean[] runAndAwait() {
      run();
      boolean interrupted = false;
      while (true) {
        try {
          unfinished.await();
          break;
        } catch (InterruptedException later) {
          // The pieces under way take milliseconds, and half a batch is no answer.
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (failure.get() != null) {
        throw new IllegalStateException("a verifier failed", failure.get());
      }
      return answers;
    }
  }
}
