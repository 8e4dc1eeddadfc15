package nara.mesh;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a connection to the server may take for what it does next, and how many there may be.
 * Idle timeouts do not notice who sends one byte at a time; these do.
 *
 * <p>Lives on one event loop.
 */
final class Patience {
  private static final Logger LOG = LoggerFactory.getLogger(Patience.class);

  private final Vertx vertx;
  private final Map<HttpConnection, Long> timers = new HashMap<>();
  private final Map<String, Integer> byAddress = new HashMap<>();

  Patience(Vertx vertx) {
    this.vertx = vertx;
  }

  /** A new connection: it is to bring the head of a request. */
  void onConnection(HttpConnection connection) {
    String address = connection.remoteAddress().hostAddress();
    if (timers.size() >= MeshLimits.CONNECTIONS
        || byAddress.getOrDefault(address, 0) >= MeshLimits.CONNECTIONS_PER_ADDRESS) {
      connection.close();
      return;
    }
    byAddress.merge(address, 1, Integer::sum);
    connection.closeHandler(closed -> forget(connection, address));
    timers.put(connection, timer(connection, MeshLimits.REQUEST_TIME));
    connection.exceptionHandler(
        trouble -> LOG.debug("{}: {}", connection.remoteAddress(), trouble.toString()));
  }

  /** A request began: its body is to come, and then its answer is to be taken. */
  void onRequest(HttpServerRequest request) {
    HttpConnection connection = request.connection();
    again(connection, MeshLimits.REQUEST_TIME);
    request.end().onSuccess(all -> again(connection, MeshLimits.ANSWER_TIME));
  }

  /** An answer was taken: the connection may bring the next request. */
  void onAnswered(HttpConnection connection) {
    again(connection, MeshLimits.REQUEST_TIME);
  }

  /** Starts the time anew; a connection that is closed already is not to be remembered again. */
  private void again(HttpConnection connection, Duration patience) {
    timers.computeIfPresent(
        connection,
        (same, before) -> {
          vertx.cancelTimer(before);
          return timer(connection, patience);
        });
  }

  private long timer(HttpConnection connection, Duration patience) {
    return vertx.setTimer(patience.toMillis(), due -> connection.close());
  }

  private void forget(HttpConnection connection, String address) {
    byAddress.computeIfPresent(address, (same, open) -> open == 1 ? null : open - 1);
    Long timer = timers.remove(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }
}
