package nara.web;

import java.time.Duration;

/** The limits of the management port's connections. */
final class WebLimits {
  /** Connections at once: some pages and scripts of one operator, and 32 readers of the events. */
  static final int MAX_CONNECTIONS = 256;

  /** For the head of a request, from the connection or the last response on. */
  static final Duration HEAD_TIMEOUT = Duration.ofSeconds(75);

  /** Nothing is read or written for this time; the stream of events writes every 15 s. */
  static final Duration IDLE_TIMEOUT = Duration.ofSeconds(120);

  private WebLimits() {}
}
