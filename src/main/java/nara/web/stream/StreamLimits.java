package nara.web.stream;

import java.time.Duration;

/** The limits of this package, each with its reason. */
final class StreamLimits {
  /** Clients at once: some pages and scripts of one operator. A further one cuts the oldest. */
  static final int MAX_CLIENTS = 32;

  /** Of one address that is not this machine's. */
  static final int MAX_CLIENTS_PER_ADDRESS = 8;

  /**
   * Bytes that wait for one client. It holds a replay of the whole buffer and seconds of events; a
   * client that is slower is cut, and may continue from its last event.
   */
  static final int MAX_QUEUED_BYTES = 512 << 10;

  /** Bytes of events that are kept for clients that come back: about 700 events. */
  static final int MAX_KEPT_BYTES = 256 << 10;

  /**
   * Events shown in a second. A person reads fewer, and a recovery brings tens of thousands, of
   * which only the number is told.
   */
  static final int MAX_EVENTS_PER_SECOND = 200;

  /** Proxies close a connection that is silent for a minute or less. */
  static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

  /** How long a browser waits before it connects again. */
  static final Duration RETRY = Duration.ofSeconds(3);

  /** How long events are kept when the last client has left, for one that comes back. */
  static final Duration LINGER = Duration.ofMinutes(2);

  private StreamLimits() {}
}
