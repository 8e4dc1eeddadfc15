package nara.mesh.server;

import java.time.Duration;
import nara.mesh.wire.MeshLimits;

/**
 * The resources that the server spends on its peers. The bytes depend on the heap, so that no
 * number of peers can use it up.
 *
 * @param bodyBytes of the request bodies that are being read or processed
 * @param responseBytes of the responses that are being produced or that a peer has not read yet
 * @param progressWindow each must bring the bytes of the minimum rate: long enough for a short
 *     outage, and for the kernel, which takes hundreds of kilobytes before the peer reads any
 * @param minBytesPerSecond of a transfer; a link of 64 kbit/s has twice as much
 * @param contendedGrace a transfer of this age may be ended when another peer waits for its bytes
 * @param requestTimeout for a connection to bring the head of the next request, and a small body
 * @param maxWait a request waits its turn for so long, less than the stall timeout of a client
 */
public record ServerLimits(
    long bodyBytes,
    long responseBytes,
    Duration progressWindow,
    int minBytesPerSecond,
    Duration contendedGrace,
    Duration requestTimeout,
    Duration maxWait) {

  /** Smaller bodies need no turn: most requests are, and all connections together have 16 MB. */
  static final int SMALL_BODY_BYTES = 16 * 1024;

  /** Bytes that a response holds until they are known: a page of 5,000 events of 475 bytes. */
  static final int ESTIMATED_RESPONSE_BYTES = 5 << 19;

  /** Bytes of a response that the connection holds beside the pieces of the body. */
  static final int WRITE_QUEUE_BYTES = 256 * 1024;

  /** Bodies being read at once, overall. Large bodies reach the bound in bytes before. */
  static final int BODIES = 64;

  /** Responses being produced at once, overall: they wait for the ledger and a few workers. */
  static final int RESPONSES = 32;

  /**
   * The same for requests without signature, counted apart: anybody can send them, and they must
   * not delay the signed ones.
   */
  static final int UNSIGNED_RESPONSES = 8;

  /**
   * Responses being produced, bodies being read and lookups in flight for one name, or for one
   * address when the request is not signed. Two keep the ledger and the network busy at once.
   * Further ones wait their turn.
   */
  static final int PER_NAME = 2;

  /** The same for all names at one address: a dozen naras behind one router take turns. */
  static final int PER_ADDRESS = 8;

  /** Requests of one name that wait their turn. A client has four in flight. */
  static final int WAITING_PER_NAME = 16;

  /** The same for all names at one address. */
  static final int WAITING_PER_ADDRESS = 64;

  /** One name has at most one part in so many of a budget's bytes: several peers at once fit. */
  static final int NAME_PART = 4;

  /** The same for all names at one address. */
  static final int ADDRESS_PART = 2;

  /** Transfers cut in one sweep: each makes room for a waiting request. */
  static final int CUTS_PER_SWEEP = 8;

  /** Waiting requests that are considered for each cut: those whose peers hold least. */
  static final int WAITING_PER_CUT = 16;

  /** How often the server looks for slow transfers and idle connections. */
  static final Duration SWEEP_INTERVAL = Duration.ofMillis(250);

  /** Signed requests remembered: 500 a second while their signatures are valid. */
  static final int REMEMBERED_REQUESTS = 32_768;

  /** A signature is valid so long: the clock skew of the contract to both sides. */
  static final Duration REMEMBERED_TIME = Duration.ofSeconds(60);

  /**
   * The limits for a heap: a sixteenth for bodies, an eighth for responses.
   *
   * @param heapBytes {@link Runtime#maxMemory}
   * @param maxRequestBytes of one body; two of them always fit
   */
  static ServerLimits of(long heapBytes, int maxRequestBytes) {
    return new ServerLimits(
        Math.max(heapBytes / 16, 2L * maxRequestBytes),
        Math.max(heapBytes / 8, 4L * ESTIMATED_RESPONSE_BYTES),
        Duration.ofMinutes(1),
        4 * 1024,
        Duration.ofSeconds(1),
        MeshLimits.REQUEST_TIMEOUT,
        Duration.ofSeconds(5));
  }
}
