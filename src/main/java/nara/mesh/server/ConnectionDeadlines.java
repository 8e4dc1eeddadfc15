package nara.mesh.server;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import nara.mesh.wire.MeshLimits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a connection to the server may take for what it does next, and how many there may be.
 * Idle timeouts do not notice who sends one byte at a time; these do.
 *
 * <p>Lives on one event loop.
 */
final class ConnectionDeadlines {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionDeadlines.class);

  private final Vertx vertx;
  private final Map<HttpConnection, Long> timers = new HashMap<>();
  private final Map<String, Integer> connectionsByAddress = new HashMap<>();

  ConnectionDeadlines(Vertx vertx) {
    this.vertx = vertx;
  }

  /** A new connection: it is to bring the head of a request. */
  void onConnection(HttpConnection connection) {
    String address = connection.remoteAddress().hostAddress();
    if (timers.size() >= MeshLimits.CONNECTIONS
        || connectionsByAddress.getOrDefault(address, 0) >= MeshLimits.CONNECTIONS_PER_ADDRESS) {
      connection.close();
      return;
    }
    connectionsByAddress.merge(address, 1, Integer::sum);
    connection.closeHandler(closed -> onClosed(connection, address));
    timers.put(connection, startTimer(connection, MeshLimits.REQUEST_TIMEOUT));
    connection.exceptionHandler(
        trouble -> LOG.debug("{}: {}", connection.remoteAddress(), trouble.toString()));
  }

  /** A request began: its body is to come, and then its answer is to be taken. */
  void onRequest(HttpServerRequest request) {
    HttpConnection connection = request.connection();
    restartTimer(connection, MeshLimits.REQUEST_TIMEOUT);
    request.end().onSuccess(all -> restartTimer(connection, MeshLimits.RESPONSE_TIMEOUT));
  }

  /** An answer was taken: the connection may bring the next request. */
  void onResponseSent(HttpConnection connection) {
    restartTimer(connection, MeshLimits.REQUEST_TIMEOUT);
  }

  /** Starts the time anew; a connection that is closed already is not to be remembered again. */
  private void restartTimer(HttpConnection connection, Duration timeout) {
    timers.computeIfPresent(
        connection,
        (same, before) -> {
          vertx.cancelTimer(before);
          return startTimer(connection, timeout);
        });
  }

  private long startTimer(HttpConnection connection, Duration timeout) {
    return vertx.setTimer(timeout.toMillis(), due -> connection.close());
  }

  private void onClosed(HttpConnection connection, String address) {
    connectionsByAddress.computeIfPresent(address, (same, open) -> open == 1 ? null : open - 1);
    Long timer = timers.remove(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }
}
