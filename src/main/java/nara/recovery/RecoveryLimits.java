package nara.recovery;

import java.time.Duration;
import nara.ledger.Query;
import nara.recovery.watch.WatchLimits;

/**
 * Limits of a recovery. Those of the pages rung are in {@code pages.PagesLimits}, and those between
 * two recoveries in {@code watch.WatchLimits}.
 */
final class RecoveryLimits {
  /** Added to a call's timeout for each event that it requests. */
  static final Duration TIMEOUT_PER_EVENT = Duration.ofMillis(4);

  /** With fewer events, fetching pages costs less than comparing ledgers. */
  static final int MIN_EVENTS_TO_RECONCILE = 1_000;

  /** The slices rung counts a peer's ledger by one event of so many. */
  static final int COUNT_STEP = 980;

  /** Events in a response to such a count: it counts ledgers of up to 4,900,000 events. */
  static final int MAX_COUNTED = Query.MAX_EVENTS;

  /** The wait of a try doubles at most this often, so that it cannot overflow. */
  static final int MAX_DISCOVERY_DOUBLINGS = 20;

  /** How long one discovery may take before the plan looks at what it found so far. */
  static final Duration DISCOVERY_PATIENCE = WatchLimits.LOOK_PATIENCE;

  /** The first wait between two discoveries of a try; it doubles up to the longest one. */
  static final Duration FIRST_LOOK_WAIT = Duration.ofSeconds(1);

  /** A neighbour that has started is found within this time. */
  static final Duration MAX_LOOK_WAIT = Duration.ofSeconds(30);

  /** Passes with newcomers of one host: strangers can announce new names for ever. */
  static final int MAX_PASSES_PER_HOST = 4;

  /** Passes of one recovery: strangers can have several hosts. */
  static final int MAX_PASSES = 12;

  /**
   * How long, from the second pass on, a recovery takes in discovered newcomers, and waits for
   * those that send nothing. Other neighbours have responded then, so the node need not wait.
   */
  static final Duration MAX_LATE_TIME = Duration.ofSeconds(30);

  /** Stalls in a row after which such a newcomer gets no more calls: 14 seconds in all. */
  static final int MAX_LATE_STALLS = 3;

  /**
   * How long after the start of a recovery neighbours may still announce themselves: up to 5 s
   * until this node announces itself, and up to 3 s until they answer.
   */
  static final Duration ANNOUNCEMENT_WAIT = Duration.ofSeconds(8);

  /** How much of that a recovery waits while the broker has not answered yet; it may be absent. */
  static final Duration CONNECTING_WAIT = Duration.ofSeconds(2);

  /** How long after its start a recovery waits for addresses that have not answered yet. */
  static final Duration SOURCES_WAIT = Duration.ofSeconds(30);

  /** The least such wait after a pass: one ping. */
  static final Duration LEAST_SOURCES_WAIT = Duration.ofSeconds(5);

  /** The pause between two pings of silent configured peers, while only lost peers are awaited. */
  static final Duration SILENT_PING_INTERVAL = Duration.ofSeconds(2);

  /** How long silent peers may delay the comparison of ledgers. An honest one responds in less. */
  static final Duration SILENT_RECONCILE_PATIENCE = Duration.ofSeconds(4);

  /** A peer's first stall timeout. Each stall doubles it, up to 64 seconds. */
  static final Duration INITIAL_STALL_TIMEOUT = Duration.ofSeconds(2);

  static final int MAX_STALL_DOUBLINGS = 5;

  /** After so many failures in a row, a peer gets no more calls of a rung. */
  static final int MAX_CONSECUTIVE_FAILURES = 3;

  /** The same when all of them are stalls: the last one took 64 seconds. */
  static final int MAX_CONSECUTIVE_STALLS = 6;

  /** Responses with a wrong signature or a wrong content that drop a peer: one may be a mishap. */
  static final int MAX_INVALID_RESPONSES = 2;

  /**
   * Rejected events, and their share, from which other peers fetch the same ranges again. They
   * never drop a peer: an honest one may hold any number of forgeries.
   */
  static final int SUSPECT_REJECTED = 5;

  static final double SUSPECT_REJECTED_SHARE = 0.005;

  /**
   * Rejected events after which a peer gets no more calls, and so many more for each other event.
   * Verifying 50,000 takes a few seconds of one core.
   */
  static final int MAX_REJECTED = 50_000;

  static final int REJECTED_PER_ACCEPTED = 4;

  /** The share of the events that a peer showed to hold which it must give. */
  static final double LEAST_SHARE_OF_CLAIM = 0.9;

  /** Withheld events, and their share of those it claims to hold, that drop a peer. */
  static final int MAX_WITHHELD = 100;

  static final double MAX_WITHHELD_SHARE = 0.05;

  /** Contested names in one reason of the outcome: peers can invent any number of them. */
  static final int MAX_CONTESTED_NAMED = 5;

  /** The share of the events that may wait for keys that nobody gave in a complete recovery. */
  static final double MAX_KEYLESS_SHARE = 0.1;

  /** Names in the reason for such events, those with the most events first. */
  static final int MAX_KEYLESS_NAMED = 3;

  /**
   * How long a stop waits for the replies to open requests, so that the report counts their events.
   * The node gives each verticle five seconds to stop.
   */
  static final Duration STOP_PATIENCE = Duration.ofSeconds(2);

  private RecoveryLimits() {}
}
