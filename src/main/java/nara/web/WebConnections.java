package nara.web;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Bounds the connections to the management port, and the time of each for the head of its next
 * request. At the bound, a new connection takes the place of the one that has waited longest, of
 * the address with the most waiting connections.
 *
 * <p>Lives on one event loop.
 */
final class WebConnections {
  private final Vertx vertx;
  private final int max;
  private final long headMillis;

  /** The connections without a request, and the timer of each, the oldest first. */
  private final Map<HttpConnection, Long> waiting = new LinkedHashMap<>();

  /** The requests in work, by connection. */
  private final Map<HttpConnection, Integer> serving = new HashMap<>();

  WebConnections(Vertx vertx, int max, long headMillis) {
    this.vertx = vertx;
    this.max = max;
    this.headMillis = headMillis;
  }

  void onConnection(HttpConnection connection) {
    if (waiting.size() + serving.size() >= max && !closeWaiting()) {
      connection.close();
      return;
    }
    connection.closeHandler(closed -> forget(connection));
    await(connection);
  }

  /** The head of a request has come; {@link #onResponse} must follow. */
  void onRequest(HttpServerRequest request) {
    HttpConnection connection = request.connection();
    Long timer = waiting.remove(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
      serving.put(connection, 1);
    } else {
      // A connection that was closed is in neither map.
      serving.computeIfPresent(connection, (open, requests) -> requests + 1);
    }
  }

  /** The response is sent, or cannot be. */
  void onResponse(HttpServerRequest request) {
    HttpConnection connection = request.connection();
    Integer requests = serving.get(connection);
    if (requests == null) {
      return;
    }
    if (requests > 1) {
      serving.put(connection, requests - 1);
    } else {
      serving.remove(connection);
      await(connection);
    }
  }

  private void await(HttpConnection connection) {
    waiting.put(connection, vertx.setTimer(headMillis, late -> connection.close()));
  }

  private void forget(HttpConnection connection) {
    serving.remove(connection);
    Long timer = waiting.remove(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }

  private boolean closeWaiting() {
    Map<String, Long> byAddress =
        waiting.keySet().stream()
            .collect(Collectors.groupingBy(WebConnections::address, Collectors.counting()));
    Collection<Long> counts = byAddress.values();
    long most = counts.stream().mapToLong(Long::longValue).max().orElse(0);
    for (HttpConnection connection : waiting.keySet()) {
      if (byAddress.get(address(connection)) == most) {
        forget(connection);
        connection.close();
        return true;
      }
    }
    return false;
  }

  private static String address(HttpConnection connection) {
    return connection.remoteAddress().hostAddress();
  }
}
