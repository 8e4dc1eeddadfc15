package nara.node;

import java.time.Duration;

/** A Future has not completed in time. */
public final class AwaitTimeoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AwaitTimeoutException(Duration timeout) {
    super("not done within %d s".formatted(timeout.toSeconds()));
  }
}
