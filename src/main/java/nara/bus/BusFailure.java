package nara.bus;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import org.slf4j.event.Level;

/** Why a request over the bus failed: the closed list. */
public enum BusFailure {
  /** No verticle serves the address, or this node is stopping. */
  NOT_SERVED,
  /** The verticle did not reply in time. */
  TIMEOUT,
  /** The verticle cannot do it at the moment; see {@link UnavailableException}. */
  UNAVAILABLE,
  /** Internal error: the verticle failed and logged it. */
  INTERNAL_ERROR;

  /** Classifies a failure of {@link Bus#request}. */
  public static BusFailure of(Throwable failure) {
    return switch (failure) {
      case UnavailableException unavailable -> UNAVAILABLE;
      case ReplyException reply ->
          switch (reply.failureType()) {
            case NO_HANDLERS -> NOT_SERVED;
            case TIMEOUT -> TIMEOUT;
            case RECIPIENT_FAILURE, ERROR ->
                reply.failureCode() == UNAVAILABLE.ordinal()
                    ? UNAVAILABLE
                    : reply.failureCode() == NOT_SERVED.ordinal() ? NOT_SERVED : INTERNAL_ERROR;
          };
      default -> NOT_SERVED;
    };
  }

  /**
   * Whether a request failed because the verticle that serves it is gone, directly or behind
   * another one. All parts of a node are there from its start to its stop, so the node is stopping.
   */
  public static boolean isOfStop(Throwable failure) {
    return failure instanceof ReplyException && of(failure) == NOT_SERVED;
  }

  /** The level to log a failed request at: work that ends because the node stops is no trouble. */
  public static Level logLevel(Throwable failure) {
    return isOfStop(failure) ? Level.DEBUG : Level.WARN;
  }

  /** Vert.x names the reply's address, another one each time, so no two messages are equal. */
  static Throwable withPlainMessage(Throwable failure, String address, Duration timeout) {
    if (!(failure instanceof ReplyException reply)) {
      return failure;
    }
    String message =
        switch (of(reply)) {
          case NOT_SERVED ->
              reply.failureType() == ReplyFailure.NO_HANDLERS
                  ? "no verticle serves " + address
                  : reply.getMessage();
          case TIMEOUT -> address + " did not reply within " + timeout.toMillis() + " ms";
          case UNAVAILABLE -> reply.getMessage();
          case INTERNAL_ERROR -> address + " failed: " + reply.getMessage();
        };
    return new ReplyException(reply.failureType(), reply.failureCode(), message);
  }
}
