package nara.mesh.server;

import java.util.Map;
import java.util.TreeMap;

/**
 * Counts what the server refuses or ends, by reason.
 *
 * <p>Lives on one event loop.
 */
final class ServerCounts {
  /** The signature check failed, or the key stayed unknown. */
  static final String UNAUTHENTICATED = "unauthenticated";

  /** The request repeats the signature of another address. */
  static final String REPLAYED = "replayed";

  /** Over the rate of its name or address. */
  static final String RATE_LIMITED = "rate_limited";

  /** No turn and no bytes in time. */
  static final String BUSY = "busy";

  /** The body came too slowly. */
  static final String SLOW_BODIES = "slow_bodies";

  /** The response was read too slowly. */
  static final String SLOW_READERS = "slow_readers";

  /** A connection over the limit, and none of the others was idle. */
  static final String CONNECTIONS_REFUSED = "connections_refused";

  /** An idle connection was closed for a new one. */
  static final String CONNECTIONS_EVICTED = "connections_evicted";

  /** No step of the exchange in time. */
  static final String CONNECTIONS_TIMED_OUT = "connections_timed_out";

  private final Map<String, Long> byReason = new TreeMap<>();

  void add(String reason) {
    byReason.merge(reason, 1L, Long::sum);
  }

  Map<String, Long> byReason() {
    return Map.copyOf(byReason);
  }
}
