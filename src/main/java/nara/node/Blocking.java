package nara.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for a Future. Only for threads that may block, never for an event loop. */
public final class Blocking {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private Blocking() {}

  /**
   * Returns the result.
   *
   * @throws AwaitTimeoutException after the timeout
   * @throws IllegalStateException when the thread is interrupted, or with a checked exception as
   *     its cause
   * @throws RuntimeException the Future's own failure
   */
  public static <T> T await(Future<T> future, Duration timeout) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(failed.getCause());
    } catch (TimeoutException late) {
      throw new AwaitTimeoutException(timeout);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    }
  }

  /** Closes a Vert.x that was needed for a short time; after 10 s it goes on without waiting. */
  public static void close(Vertx vertx) {
    try {
      await(vertx.close(), CLOSE_TIMEOUT);
    } catch (AwaitTimeoutException late) {
      return;
    }
  }
}
