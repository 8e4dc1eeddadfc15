package nara.web.http;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/**
 * Which pages of other sites may read the reference's paths. Without any, a browser shows the
 * responses only to pages of the management port itself.
 */
public final class CrossOrigin {
  /** The entry that allows all pages. */
  public static final String ANY = "*";

  private final List<String> origins;

  /**
   * @param origins such as {@code https://nara.example}, or {@link #ANY}
   */
  public CrossOrigin(List<String> origins) {
    this.origins = List.copyOf(origins);
  }

  /** Whether any other site's page may read. */
  public boolean isAllowed() {
    return !origins.isEmpty();
  }

  /** Lets the page that sends the request read the response, if it may. */
  public void allow(RoutingContext context) {
    allow(context, context.response());
    context.next();
  }

  /** Answers a browser that asks before its request. */
  public void onPreflight(RoutingContext context) {
    HttpServerResponse response = context.response();
    if (allow(context, response)) {
      response
          .putHeader("Access-Control-Allow-Methods", "GET")
          .putHeader("Access-Control-Allow-Headers", "Last-Event-ID, Cache-Control")
          .putHeader("Access-Control-Max-Age", "600");
    }
    response.setStatusCode(204).end();
  }

  private boolean allow(RoutingContext context, HttpServerResponse response) {
    if (origins.contains(ANY)) {
      response.putHeader("Access-Control-Allow-Origin", ANY);
      return true;
    }
    if (origins.isEmpty()) {
      return false;
    }
    // Also without a match, or a cache gives one origin's response to another.
    response.putHeader("Vary", "Origin");
    String origin = context.request().getHeader("Origin");
    boolean listed = origin != null && origins.contains(origin);
    if (listed) {
      response.putHeader("Access-Control-Allow-Origin", origin);
    }
    return listed;
  }
}
