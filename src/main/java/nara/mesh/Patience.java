package nara.mesh;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How long a connection to the server may take for what it does next, and how many there may be.
 * Idle timeouts do not notice who sends one byte at a time; these do.
 *
 * <p>Lives on one event loop.
 */
final class Patience {
  private final Vertx vertx;
  private final Map<HttpConnection, Long> timers = new HashMap<>();

  Patience(Vertx vertx) {
    this.vertx = vertx;
  }

  /** A new connection: it is to bring the head of a request. */
  void onConnection(HttpConnection connection) {
    if (timers.size() >= MeshLimits.CONNECTIONS) {
      connection.close();
      return;
    }
    connection.closeHandler(closed -> forget(connection));
    wait(connection, MeshLimits.REQUEST_TIME);
  }

  /** A request began: its body is to come, then its answer is to be taken, then the next may. */
  void onRequest(HttpServerRequest request) {
    HttpConnection connection = request.connection();
    wait(connection, MeshLimits.REQUEST_TIME);
    request.end().onSuccess(all -> wait(connection, MeshLimits.ANSWER_TIME));
    request.response().endHandler(taken -> wait(connection, MeshLimits.REQUEST_TIME));
  }

  private void wait(HttpConnection connection, Duration patience) {
    Long before = timers.get(connection);
    if (before != null) {
      vertx.cancelTimer(before);
    }
    timers.put(connection, vertx.setTimer(patience.toMillis(), due -> connection.close()));
  }

  private void forget(HttpConnection connection) {
    Long timer = timers.remove(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }
}
