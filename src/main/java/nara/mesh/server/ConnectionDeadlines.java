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
 * Bounds the connections to the server, and the time of each for its next step. An idle timeout
 * misses a client that sends one byte at a time; these deadlines do not.
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

  /** Accepts a connection, or closes it at the limit. The head of a request must follow. */
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
        failure ->
            LOG.debug(
                "Connection failed peer={} cause={}",
                connection.remoteAddress(),
                failure.toString()));
  }

  /** The head of a request arrived: the body must follow, then the client reads the response. */
  void onRequest(HttpServerRequest request) {
    HttpConnection connection = request.connection();
    restartTimer(connection, MeshLimits.REQUEST_TIMEOUT);
    request.end().onSuccess(all -> restartTimer(connection, MeshLimits.RESPONSE_TIMEOUT));
  }

  /** The response is sent: the next request must follow. */
  void onResponseSent(HttpConnection connection) {
    restartTimer(connection, MeshLimits.REQUEST_TIMEOUT);
  }

  /** Does nothing for a connection that is closed already. */
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
