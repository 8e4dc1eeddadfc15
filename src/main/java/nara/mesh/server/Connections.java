package nara.mesh.server;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import nara.mesh.wire.MeshLimits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the connections to the server, and the time of each for its next step. An idle timeout
 * misses a client that sends one byte at a time; these deadlines do not.
 *
 * <p>A new connection over a limit takes the place of an idle one: of its own address at the limit
 * of the address, of the address with the most connections at the limit of all.
 *
 * <p>Lives on one event loop.
 */
final class Connections {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  private final ServerLimits limits;
  private final ServerCounts counts;
  private final LongSupplier nanoTime;
  private final Map<HttpConnection, Step> steps = new LinkedHashMap<>();
  private final Map<String, Integer> connectionsByAddress = new HashMap<>();

  Connections(ServerLimits limits, ServerCounts counts, LongSupplier nanoTime) {
    this.limits = limits;
    this.counts = counts;
    this.nanoTime = nanoTime;
  }

  /** The event that a connection waits for. */
  private enum Phase {
    /** The head of the next request. */
    IDLE,
    /** The body of the request. */
    BODY,
    /** The response, until it is sent. */
    RESPONSE
  }

  private static final class Step {
    private final String address;
    private Phase phase = Phase.IDLE;
    private long since;
    private long deadline;

    private Step(String address) {
      this.address = address;
    }

    private void begin(Phase next, long now, Duration timeout) {
      phase = next;
      since = now;
      deadline = now + timeout.toNanos();
    }
  }

  /** Accepts a connection, or closes it when no other one is idle. */
  void onConnection(HttpConnection connection) {
    String address = connection.remoteAddress().hostAddress();
    if (!hasPlace(address)) {
      counts.add(ServerCounts.CONNECTIONS_REFUSED);
      connection.close();
      return;
    }
    connectionsByAddress.merge(address, 1, Integer::sum);
    Step step = new Step(address);
    step.begin(Phase.IDLE, nanoTime.getAsLong(), limits.requestTimeout());
    steps.put(connection, step);
    connection.closeHandler(closed -> forget(connection));
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
    long declared = BodyReader.declaredLength(request);
    begin(connection, Phase.BODY, declared > 0 ? timeoutFor(declared) : limits.requestTimeout());
    request.end().onSuccess(all -> onRequestEnd(connection));
  }

  private void onRequestEnd(HttpConnection connection) {
    Step step = steps.get(connection);
    // The response of a request that was refused may be sent already.
    if (step != null && step.phase == Phase.BODY) {
      begin(connection, Phase.RESPONSE, MeshLimits.RESPONSE_TIMEOUT);
    }
  }

  /** A response of this size is being sent. */
  void onResponseReady(HttpConnection connection, long bytes) {
    Step step = steps.get(connection);
    if (step != null && step.phase == Phase.RESPONSE) {
      begin(connection, Phase.RESPONSE, timeoutFor(bytes));
    }
  }

  /** The response is sent: the rest of the body or the next request must follow. */
  void onResponseSent(HttpServerRequest request) {
    begin(
        request.connection(), request.isEnded() ? Phase.IDLE : Phase.BODY, limits.requestTimeout());
  }

  private Duration timeoutFor(long bytes) {
    return limits.requestTimeout().plusSeconds(bytes / limits.minBytesPerSecond());
  }

  /** Does nothing for a connection that is closed already. */
  private void begin(HttpConnection connection, Phase phase, Duration timeout) {
    Step step = steps.get(connection);
    if (step != null) {
      step.begin(phase, nanoTime.getAsLong(), timeout);
    }
  }

  /** Closes the connections whose next step is late. */
  void sweep() {
    long now = nanoTime.getAsLong();
    List<HttpConnection> late =
        steps.entrySet().stream()
            .filter(open -> now - open.getValue().deadline > 0)
            .map(Map.Entry::getKey)
            .toList();
    for (HttpConnection connection : late) {
      counts.add(ServerCounts.CONNECTIONS_TIMED_OUT);
      close(connection);
    }
  }

  private boolean hasPlace(String address) {
    if (connectionsByAddress.getOrDefault(address, 0) >= MeshLimits.CONNECTIONS_PER_ADDRESS) {
      return evict(step -> step.address.equals(address));
    }
    return steps.size() < MeshLimits.CONNECTIONS || evict(step -> true);
  }

  /**
   * Closes one of these connections: of the address with the most, in the earliest phase, for the
   * longest time.
   */
  private boolean evict(Predicate<Step> among) {
    long now = nanoTime.getAsLong();
    Optional<HttpConnection> idlest =
        steps.entrySet().stream()
            .filter(open -> among.test(open.getValue()) && isEvictable(open.getValue(), now))
            .min(Map.Entry.comparingByValue(idlestFirst(now)))
            .map(Map.Entry::getKey);
    idlest.ifPresent(
        connection -> {
          counts.add(ServerCounts.CONNECTIONS_EVICTED);
          close(connection);
        });
    return idlest.isPresent();
  }

  private Comparator<Step> idlestFirst(long now) {
    return Comparator.<Step>comparingInt(step -> -connectionsByAddress.get(step.address))
        .thenComparing(step -> step.phase)
        .thenComparingLong(step -> step.since - now);
  }

  /** A body or a response that takes long counts as idle, too. */
  private boolean isEvictable(Step step, long now) {
    long age = now - step.since;
    return switch (step.phase) {
      case IDLE -> true;
      case BODY -> age > limits.contendedGrace().toNanos();
      // Two waits: for its turn, and for the ledger.
      case RESPONSE -> age > 2 * limits.maxWait().toNanos();
    };
  }

  private void close(HttpConnection connection) {
    forget(connection);
    connection.close();
  }

  private void forget(HttpConnection connection) {
    Step step = steps.remove(connection);
    if (step != null) {
      connectionsByAddress.computeIfPresent(
          step.address, (same, open) -> open == 1 ? null : open - 1);
    }
  }
}
