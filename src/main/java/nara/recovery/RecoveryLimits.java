package nara.recovery;

import java.time.Duration;

/** Limits of a recovery. Those of the pages rung are in {@code pages.PagesLimits}. */
final class RecoveryLimits {
  /** Added to a call's timeout for each event that it requests. */
  static final Duration TIMEOUT_PER_EVENT = Duration.ofMillis(4);

  /** With fewer events, fetching pages costs less than comparing ledgers. */
  static final int MIN_EVENTS_TO_RECONCILE = 1_000;

  /** Events that the slices rung requests in all, as the reference does, and from each peer. */
  static final int SLICES_CAPACITY = 50_000;

  static final int MIN_SLICE_EVENTS_PER_PEER = 100;

  /** The wait before a discovery retry doubles at most this often, so that it cannot overflow. */
  static final int MAX_DISCOVERY_DOUBLINGS = 20;

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
   * Rejected events that drop a peer, if they are also this share of its events. Both are far above
   * those of an honest peer that holds forgeries, even where the forgeries lie close together.
   */
  static final int MAX_REJECTED = 100;

  static final double MAX_REJECTED_SHARE = 0.3;

  /** Rejected events, and their share, from which other peers fetch the same ranges again. */
  static final int SUSPECT_REJECTED = 5;

  static final double SUSPECT_REJECTED_SHARE = 0.005;

  /** Withheld events, and their share of those it claims to hold, that drop a peer. */
  static final int MAX_WITHHELD = 100;

  static final double MAX_WITHHELD_SHARE = 0.05;

  /** Contested names in one reason of the outcome: peers can invent any number of them. */
  static final int MAX_CONTESTED_NAMED = 5;

  private RecoveryLimits() {}
}
