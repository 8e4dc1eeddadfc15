package nara.mesh.wire;

import java.time.Duration;

/**
 * The limits of the mesh, each with its reason. Limits that an operator may set are configuration.
 */
public final class MeshLimits {
  // Messages.

  /** The greatest difference of two clocks in a signed exchange, by the wire contract. */
  public static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

  /** Bytes of all headers of a message. Ours have 400; a name takes at most 1,024 of them. */
  public static final int HEADER_BYTES = 16 * 1024;

  /** Bytes of a request line or status line. A peer query names at most ten peers. */
  public static final int LINE_BYTES = 16 * 1024;

  /** Members of the JSON object in a body. The contract's objects have at most twelve. */
  public static final int JSON_MEMBERS = 64;

  /** Bytes of one JSON text in a body: a name, a key, an address. */
  public static final int TEXT_BYTES = 8 * 1024;

  /** Names in the filter of a request: it may list a whole network. */
  public static final int FILTER_NAMES = 10_000;

  /** Checkpoints in one response, by the wire contract. */
  public static final int CHECKPOINTS = 10_000;

  /** Checkpoints in a response when the request gives no limit, by the wire contract. */
  public static final int DEFAULT_CHECKPOINTS = 1_000;

  /** Recent events in a response when the request gives no limit, by the wire contract. */
  public static final int DEFAULT_RECENT = 100;

  /** The span of a zine that is sent in response, by the wire contract. */
  public static final Duration ZINE_SPAN = Duration.ofMinutes(5);

  /** Smaller bodies are not compressed: that would not save a network packet. */
  public static final int GZIP_FROM_BYTES = 1_400;

  // The client.

  /** Bytes of a small response: a ping, a peer query. Usual ones have 200. */
  public static final int SMALL_RESPONSE_BYTES = 64 * 1024;

  /** Bytes of one chunk of a response: each chunk costs a pass through the pipeline. */
  public static final int CHUNK_BYTES = 64 * 1024;

  /** Bytes read of an error response: enough for the reason. */
  public static final int ERROR_BYTES = 4 * 1024;

  /** Bytes that each stall timeout must bring. A link that can carry a ledger does it in 2 s. */
  public static final int MIN_PROGRESS_BYTES = 4 * 1024;

  /** Idle connections close before the server closes them: no request meets a closed one. */
  public static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(15);

  /**
   * Pings in flight: of 256 configured peers, so that none waits for the silence of others, and of
   * a scan and of announced addresses, which discovery bounds more tightly.
   */
  public static final int PINGS_IN_FLIGHT = 400;

  /**
   * Requests in flight to addresses that have not responded yet, for each request that {@code
   * mesh.max_in_flight} allows to the others. By default, sixty silent addresses are tried at once.
   */
  public static final int NEWCOMERS_PER_PLACE = 6;

  /** Addresses remembered as responding: as many naras as a large network has. */
  public static final int RESPONDING_ADDRESSES = 4_096;

  /** How far ahead of the clock a request may be signed; peers tolerate {@link #CLOCK_SKEW}. */
  public static final Duration SIGNED_AHEAD = Duration.ofSeconds(1);

  /**
   * Responses of up to one part in so many of the heap are small. A page of 5,000 usual events, 2.4
   * MB, is small with a heap of 192 MB or more.
   */
  public static final int SMALL_RESPONSE_HEAP_PART = 64;

  /** All larger responses in memory together take one part in so many of the heap. */
  public static final int LARGE_RESPONSES_HEAP_PART = 8;

  /** Redirects followed in one peer query, by the wire contract. */
  public static final int REDIRECTS = 10;

  // Reconciliation.

  /**
   * Bytes of one message, either way. It holds 16,000 ids: one message lists most differences. A
   * message of fingerprints alone costs the ledger less than a second.
   */
  public static final int RECONCILE_BYTES = 512 << 10;

  /** Messages sent in one reconciliation; 100,000 missing events take fewer than thirty. */
  public static final int RECONCILE_ROUNDS = 64;

  /** Missing events, when fewer are held. Above this, pages from several peers cost less. */
  public static final int RECONCILE_MISSING = 20_000;

  /** Hashes in one request of {@code /events/fetch}: their events take about a megabyte. */
  public static final int FETCH_HASHES = 2_000;

  /** Bytes of events in one response to it; the client requests the rest again. */
  public static final int FETCH_BYTES = 4 << 20;

  /** Events that a busy peer may prune after it listed them. */
  public static final int RECONCILE_TOLERATED_MISSING = 16;

  /** For one reconciliation; another rung fetches the events that are missing then. */
  public static final Duration RECONCILE_TIMEOUT = Duration.ofSeconds(90);

  /** A reconciliation may take this long before the next one starts beside it. */
  public static final Duration RECONCILE_EXCLUSIVE_TIME = Duration.ofSeconds(2);

  /** Unwanted hashes remembered of a peer: as many as a full ledger refuses. */
  public static final int UNWANTED_HASHES_PER_PEER = 20_000;

  /** Peers with a reconciliation history; the least recently used one is forgotten. */
  public static final int PEERS_REMEMBERED = 256;

  // The server.

  /** Open connections. A peer needs four. */
  public static final int CONNECTIONS = 1_024;

  /**
   * Open connections from one address: a dozen naras behind one router with ten connections each.
   * One address must not use up all connections. A new one takes the place of an idle one.
   */
  public static final int CONNECTIONS_PER_ADDRESS = 128;

  /** Events in one import: a backup tool sends 2,000. */
  public static final int IMPORTED_EVENTS = 10_000;

  /** The greatest difference of the clocks of owner and node, by the wire contract. */
  public static final Duration IMPORT_CLOCK_SKEW = Duration.ofMinutes(5);

  /** For a connection to bring the head of the next request, and for a request's body. */
  public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

  /** For a response to be produced: to wait its turn, and for the ledger or a merge. */
  public static final Duration RESPONSE_TIMEOUT = Duration.ofMinutes(5);

  /** For open exchanges to end when the server stops. */
  public static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(2);

  /** For an unknown sender to respond to a ping; its own request waits for that. */
  public static final Duration SENDER_PING_TIMEOUT = Duration.ofSeconds(3);

  /** Lookups of unknown senders in flight: unknown senders must not cause many pings. */
  public static final int SENDER_PINGS_IN_FLIGHT = 32;

  /** Lookups of unknown senders per second. */
  public static final int SENDER_PINGS_PER_SECOND = 20;

  /**
   * Lookups of one address per second, and of those that are in flight or wait: a dozen naras on
   * one machine. Names are free, so one address must not use up the lookups of all others.
   */
  public static final int SENDER_PINGS_PER_ADDRESS = 12;

  /** A failed lookup is not repeated for this time. */
  public static final Duration SENDER_PING_RETRY_DELAY = Duration.ofSeconds(5);

  /** Failed lookups remembered: those of half a minute at the highest rate, and more. */
  public static final int FAILED_LOOKUPS = 1_024;

  private MeshLimits() {}
}
