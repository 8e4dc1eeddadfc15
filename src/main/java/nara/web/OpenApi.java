package nara.web;

import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The description of all paths of the management port, for programs. */
final class OpenApi {
  private static final String RESOURCE = "openapi.json";

  private final String document = read();

  /** The text of the description. */
  static String read() {
    try (InputStream resource = OpenApi.class.getResourceAsStream(RESOURCE)) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  void serve(RoutingContext context) {
    context.response().putHeader("Content-Type", "application/json; charset=utf-8").end(document);
  }
}
