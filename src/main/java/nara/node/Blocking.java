package nara.node;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waiting for a Future on a thread that may wait: a command's, never an event loop. */
public final class Blocking {
  private Blocking() {}

  /**
   * The result, once it is there.
   *
   * @throws IllegalStateException when it is not there in time, or the thread is interrupted
   * @throws RuntimeException the Future's own failure, when it is one
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
      throw new IllegalStateException("not done within " + timeout, late);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interrupted);
    }
  }
}
