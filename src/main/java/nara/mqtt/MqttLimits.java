package nara.mqtt;

import java.time.Duration;

/** The limits of this package, each with its reason. */
final class MqttLimits {
  // The connection to the broker.

  /** For the TCP connection, and again for the broker's two acknowledgements. */
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** The node's stop waits this long for the broker to close the connection. */
  static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /** The node's stop waits this long for the chau event, and again until it is written. */
  static final Duration GOODBYE_TIMEOUT = Duration.ofSeconds(1);

  /** The client notices a dead broker after one and a half times this. */
  static final int KEEP_ALIVE_SECONDS = 30;

  /** Publishes that wait for the network. Memory holds them. */
  static final int MAX_QUEUED_MESSAGES = 1_000;

  /** The bytes of those publishes, as a multiple of the largest message. */
  static final int MAX_QUEUED_SIZE_FACTOR = 4;

  /** The learned size limit never falls below this: lost connections have other causes, too. */
  static final int MIN_MESSAGE_BOUND = 64 << 10;

  /**
   * A connection that is lost this soon after a large message was lost because of it: a broker
   * closes the connection at once.
   */
  static final Duration LARGE_PUBLISH_GRACE = Duration.ofSeconds(3);

  /** The size limit doubles this long after one loss, which may have another cause. */
  static final Duration BOUND_RECOVERY = Duration.ofMinutes(10);

  /**
   * The same after two losses in a row. A broker that still has its limit costs a lost connection
   * each time.
   */
  static final Duration CONFIRMED_BOUND_RECOVERY = Duration.ofDays(1);

  /** Topics with one warning each when the broker refuses them: more than this node has. */
  static final int MAX_WARNED_TOPICS = 32;

  /** Own announcements that are compared with those from the broker, which sends them at once. */
  static final int MAX_OWN_ANNOUNCEMENTS = 16;

  /**
   * How far the clock of another process with the same soul may be behind. Older announcements are
   * from before a restart.
   */
  static final Duration OWN_ANNOUNCEMENT_AGE = Duration.ofMinutes(1);

  /** Received messages that are being handled. With more, the client stops reading. */
  static final int MAX_HANDLED_AT_ONCE = 64;

  /** QoS 1 publishes in flight. The Vert.x client fails the eleventh. */
  static final int MAX_QOS1_IN_FLIGHT = 10;

  /** QoS 1 publishes that wait. All proposals of a busy hour need some hundred votes. */
  static final int MAX_QOS1_QUEUED = 200;

  // Other naras on the plaza. Anybody can take any name.

  /** Remembered peers. Above it, the least recently seen one is forgotten. */
  static final int MAX_PEERS = 2_000;

  /**
   * The largest difference between a peer's time and ours. Clocks of small boards are wrong by
   * minutes; an older announcement is a replay.
   */
  static final Duration MAX_CLOCK_SKEW = Duration.ofHours(1);

  /** Strangers cause one announcement of this node in this time. */
  static final Duration STRANGER_ANNOUNCE_INTERVAL = Duration.ofMinutes(1);

  /** An announcement that has received this many howdies gets no further one. */
  static final int ENOUGH_HOWDIES = 10;

  /** Announcements that wait for this node's howdy. More at once are a flood. */
  static final int MAX_PENDING_HOWDIES = 64;

  // Ledger requests of this node.

  /**
   * The bytes of all responses of one peer to one fetch, as a multiple of the largest message:
   * those to the first request and to its repetitions, and some that others send in its name.
   */
  static final int MAX_RESPONSE_BYTES_FACTOR = 4;

  /** Responses of one peer that the result lists one by one. */
  static final int MAX_LISTED_RESPONSES = 8;

  /**
   * How long a fetch listens after the last news: a false response comes before the true one, which
   * takes the peer some time.
   */
  static final Duration SETTLE_TIME = Duration.ofMillis(1_500);

  /** The same in all: somebody can send news without an end. */
  static final Duration MAX_SETTLE_TIME = Duration.ofSeconds(10);

  /** Peers whose late response is merged although their fetch has ended. */
  static final int MAX_LATE_RESPONDERS = 100;

  // Ledger requests of others.

  static final Duration RATE_WINDOW = Duration.ofSeconds(10);

  /** Requests of one name in the window: the first one, and those after its reconnects. */
  static final int MAX_REQUESTS_PER_NAME = 6;

  /** All requests in the window. Each may scan the ledger and send a large message. */
  static final int MAX_REQUESTS = 60;

  /** Pages of the ledger for one response: a million events, three times the largest ledger. */
  static final int MAX_PAGES = 200;

  private MqttLimits() {}
}
