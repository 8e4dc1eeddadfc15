package nara.mesh.server;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.UnaryOperator;

/** Refuses a request whose head is malformed or too large: Vert.x gives it to no route. */
public final class InvalidHead {
  private InvalidHead() {}

  /**
   * Sends a response, and closes the connection: what follows cannot be read as a request.
   *
   * @param contentType of the body
   * @param body makes the body from a sentence that says what is wrong
   */
  public static void refuse(
      HttpServerRequest request, String contentType, UnaryOperator<String> body) {
    Throwable cause = request.decoderResult().cause();
    if (cause instanceof TooLongHttpLineException) {
      refuse(request, 414, contentType, body.apply("the path and query are too long"));
    } else if (cause instanceof TooLongHttpHeaderException) {
      refuse(request, 431, contentType, body.apply("the headers are too large"));
    } else {
      refuse(request, 400, contentType, body.apply("the request is malformed"));
    }
  }

  private static void refuse(
      HttpServerRequest request, int status, String contentType, String body) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("Connection", "close")
        .putHeader("Content-Type", contentType)
        .putHeader("X-Content-Type-Options", "nosniff")
        .end(body)
        .onComplete(sent -> request.connection().close());
  }
}
