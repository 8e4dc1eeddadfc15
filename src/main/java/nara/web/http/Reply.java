package nara.web.http;

import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import nara.bounds.SafeText;
import nara.bus.BusFailure;
import nara.bus.UnavailableException;

/** Responses of the management port. */
public final class Reply {
  private Reply() {}

  /**
   * Sends JSON.
   *
   * @param json peers choose names in it, and an operator may print it on a terminal: what is not
   *     printable is escaped
   */
  public static void json(RoutingContext context, int status, String json) {
    context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json; charset=utf-8")
        .end(SafeText.escapedJson(json));
  }

  /** Sends {@code {"error": …}}; the sentence says what is wrong and what to do. */
  public static void error(RoutingContext context, int status, String sentence) {
    json(context, status, new JsonObject().put("error", sentence).encode() + "\n");
  }

  /** Sends a result when it comes; 503 when a part of the node does not reply. */
  public static void when(RoutingContext context, Future<?> answer) {
    answer
        .onSuccess(json -> json(context, 200, ReferenceJson.line(json)))
        .onFailure(failure -> refuse(context, failure));
  }

  private static void refuse(RoutingContext context, Throwable failure) {
    switch (failure) {
      case NotThere missing -> error(context, 404, missing.getMessage());
      case BadRequest bad -> error(context, 400, bad.getMessage());
      default -> {
        boolean fromBus =
            failure instanceof ReplyException || failure instanceof UnavailableException;
        if (fromBus && BusFailure.of(failure) != BusFailure.INTERNAL_ERROR) {
          error(context, 503, "a part of the node does not reply; try again");
        } else {
          context.fail(500, failure);
        }
      }
    }
  }

  /** What a request names does not exist. */
  public static final class NotThere extends RuntimeException {
    private static final long serialVersionUID = 1;

    public NotThere(String sentence) {
      super(sentence, null, false, false);
    }
  }

  /** A request has a value that is not allowed. */
  public static final class BadRequest extends RuntimeException {
    private static final long serialVersionUID = 1;

    public BadRequest(String sentence) {
      super(sentence, null, false, false);
    }
  }
}
