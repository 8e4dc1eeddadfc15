package nara.mesh.wire;

import java.time.Duration;
import nara.mesh.MeshConfig;

/**
 * Every bound of the mesh that is not configuration, each with its reason. What the operator may
 * turn is in {@link MeshConfig}.
 */
public final class MeshLimits {
  /** How far the two clocks of a signed exchange may be apart: the wire contract's 30 seconds. */
  public static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

  /** Bytes of all headers of a message. Ours have 400; a name takes at most 1,024 of them. */
  public static final int HEADER_BYTES = 16 * 1024;

  /** Bytes of a request or status line. A peer query names at most ten others. */
  public static final int LINE_BYTES = 16 * 1024;

  /** Bytes of a small answer: a ping, a peer query. Honest ones have 200. */
  public static final int SMALL_RESPONSE_BYTES = 64 * 1024;

  /**
   * Bytes for which room is made because a peer declares them: a page of 5,000 events has 2.4 MB.
   */
  public static final int PREALLOCATED_BYTES = 4 << 20;

  /** Bytes of an answer that are handed on at once; a socket is read by no more than these. */
  public static final int CHUNK_BYTES = 64 * 1024;

  /** Bytes read of an answer that is an error: enough for the reason. */
  public static final int ERROR_BYTES = 4 * 1024;

  /** Members of the object that a body is. Honest ones have at most twelve. */
  public static final int JSON_MEMBERS = 64;

  /** Bytes of one text in a body (a name, a key, an address) as it stands there. */
  public static final int TEXT_BYTES = 8 * 1024;

  /** Names in a request's filter: a whole network may be listed. */
  public static final int FILTER_NAMES = 10_000;

  /** Checkpoints in one answer of the list: the wire contract's maximum. */
  public static final int CHECKPOINTS = 10_000;

  /** Checkpoints given to who does not say how many: the wire contract's default. */
  public static final int DEFAULT_CHECKPOINTS = 1_000;

  /**
   * Bytes that an answer must bring while its asker is patient, at the least: in 2 seconds no link
   * that could carry a ledger brings less.
   */
  public static final int MIN_PROGRESS_BYTES = 4 * 1024;

  /** Events given to who asks for the recent ones and does not say how many. */
  public static final int DEFAULT_RECENT = 100;

  /**
   * Bytes of one message of a reconciliation, either way: 16,000 ids, so that most differences are
   * told in one answer, and one that is all fingerprints costs the ledger well under a second.
   */
  public static final int RECONCILE_BYTES = 512 << 10;

  /** Messages sent in one reconciliation; one that lacks 100,000 events takes under thirty. */
  public static final int RECONCILE_ROUNDS = 64;

  /**
   * Events that may be lacking although no more are held. Where more are lacking than are held,
   * walking page by page, several neighbours at once, costs less than fetching by hash.
   */
  public static final int RECONCILE_MISSING = 20_000;

  /** Hashes in one request of {@code /events/fetch}: their events are about a megabyte. */
  public static final int FETCH_HASHES = 2_000;

  /** Bytes of events in one answer to it; what does not fit is asked for again. */
  public static final int FETCH_BYTES = 4 << 20;

  /** Events that a busy peer may let go between listing and being asked for them. */
  public static final int RECONCILE_TOLERATED_MISSING = 16;

  /** For one reconciliation in all: what it lacks then is fetched otherwise. */
  public static final Duration RECONCILE_TIMEOUT = Duration.ofSeconds(90);

  /** How long a reconciliation may take before the next one begins beside it. */
  public static final Duration RECONCILE_EXCLUSIVE_TIME = Duration.ofSeconds(2);

  /** Hashes remembered of a peer that brought nothing: what a ledger of its own limits refuses. */
  public static final int UNWANTED_HASHES_PER_PEER = 20_000;

  /** Peers of which something is remembered; the one that was not met for longest goes. */
  public static final int PEERS_REMEMBERED = 256;

  /** Redirects followed in one peer query: the wire contract's bound. */
  public static final int REDIRECTS = 10;

  /** Pings under way at once; the bound of the reference's address scan. */
  public static final int PINGS_IN_FLIGHT = 50;

  /** Bodies smaller than this are sent as they are: packing would not save a network packet. */
  public static final int GZIP_FROM_BYTES = 1_400;

  /** Connections open to this node at once. A peer needs four. */
  public static final int CONNECTIONS = 1_024;

  /**
   * Of them from one address: a dozen naras on one machine or behind one router, with the ten that
   * each of ours opens at the most. One address alone must not take the place of all others.
   */
  public static final int CONNECTIONS_PER_ADDRESS = 128;

  /**
   * Answers of events under way at once to senders whose signature was checked, until taken; each
   * may hold some megabytes.
   */
  public static final int RESPONSES_IN_FLIGHT = 32;

  /**
   * The same to strangers, who may ask for checkpoints unsigned: counted apart, so that whoever
   * takes them slowly keeps only other strangers waiting.
   */
  public static final int UNSIGNED_RESPONSES_IN_FLIGHT = 8;

  /** Events in one import: a backup tool sends 2,000; more than any answer holds is too many. */
  public static final int IMPORTED_EVENTS = 10_000;

  /** Imports whose bodies are read at once: anybody may send one, and it is held until judged. */
  public static final int IMPORTS_IN_FLIGHT = 4;

  /** For a connection to bring the next request's head, and for a request to bring its body. */
  public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

  /** For an answer to be taken by whoever asked: 64 MB at 200 KB a second. */
  public static final Duration RESPONSE_TIMEOUT = Duration.ofMinutes(5);

  /** For open exchanges to end when the server stops. */
  public static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(2);

  /** For an unknown sender to answer the ping that asks for its key; it waits for it itself. */
  public static final Duration SENDER_PING_TIMEOUT = Duration.ofSeconds(3);

  /** Unknown senders being looked up at once, so that strangers cannot make us ping a lot. */
  public static final int SENDER_PINGS_IN_FLIGHT = 32;

  /** Unknown senders looked up in a second. */
  public static final int SENDER_PINGS_PER_SECOND = 20;

  /**
   * Of both from one address: a dozen naras on one machine. Names are free, and one address must
   * not keep this node from learning who comes from all others.
   */
  public static final int SENDER_PINGS_PER_ADDRESS = 12;

  /** How long a sender that could not be looked up is not looked up again. */
  public static final Duration SENDER_PING_RETRY_DELAY = Duration.ofSeconds(5);

  private MeshLimits() {}
}
