package nara.bus;

import io.vertx.core.eventbus.ReplyException;

/**
 * What was asked cannot be done for the time being. No defect: it is not logged by the bus, however
 * often it is asked, and goes on through whoever asked for somebody else.
 */
public final class UnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A sentence that says what is missing. */
  public UnavailableException(String message) {
    super(message, null, false, false);
  }

  /** Whether a request failed for that reason. */
  public static boolean isCause(Throwable failure) {
    return failure instanceof UnavailableException
        || failure instanceof ReplyException reply
            && reply.failureCode() == BusFailure.UNAVAILABLE.code();
  }
}
