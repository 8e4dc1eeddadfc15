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
   * @param body of a sentence that says what is wrong
   */
  public static void refuse(
      HttpServerRequest request, String contentType, UnaryOperator<String> body) {
    switch (request.decoderResult().cause()) {
      case TooLongHttpLineException line ->
          refuse(request, 414, contentType, body.apply("the path and query are too long"));
      case TooLongHttpHeaderException headers ->
          refuse(request, 431, contentType, body.apply("the headers are too large"));
      case null, default ->
          refuse(request, 400, contentType, body.apply("the request is malformed"));
    }
  }

  private static void refuse(
      HttpServerRequest request, int status, String contentType, String body) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", contentType)
        .putHeader("X-Content-Type-Options", "nosniff")
        .end(body)
        .onComplete(sent -> request.connection().close());
  }
}
