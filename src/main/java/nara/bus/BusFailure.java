package nara.bus;

import io.vertx.core.eventbus.ReplyException;
import java.time.Duration;

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
                reply.failureCode() == UNAVAILABLE.ordinal() ? UNAVAILABLE : INTERNAL_ERROR;
          };
      default -> NOT_SERVED;
    };
  }

  /** Vert.x names the reply's address, another one each time, so no two messages are equal. */
  static Throwable withPlainMessage(Throwable failure, String address, Duration timeout) {
    if (!(failure instanceof ReplyException reply)) {
      return failure;
    }
    String message =
        switch (of(reply)) {
          case NOT_SERVED -> "no verticle serves " + address;
          case TIMEOUT -> address + " did not reply within " + timeout.toMillis() + " ms";
          case UNAVAILABLE -> reply.getMessage();
          case INTERNAL_ERROR -> address + " failed: " + reply.getMessage();
        };
    return new ReplyException(reply.failureType(), reply.failureCode(), message);
  }
}
