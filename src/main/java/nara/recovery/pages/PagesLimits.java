package nara.recovery.pages;

import java.time.Duration;

/** Limits of the pages rung. */
final class PagesLimits {
  // Sketches.

  /** Events from one coarse point to the next. Five such steps and some room fill one page. */
  static final int COARSE_STEP = 980;

  /** Events from one fine point to the next, after the last coarse step. */
  static final int FINE_STEP = 28;

  /** Coarse points of a sketch. A ledger of over 980,000 events has an unsketched oldest part. */
  static final int MAX_COARSE_POINTS = 1_000;

  /** Coarse steps of a range that fits into one page. */
  static final int STEPS_PER_PAGE = 5;

  /** The share of the newest events in which replicas may differ, and the least number of them. */
  static final double MAX_TAIL_SHARE = 0.01;

  static final int MIN_TAIL = 4 * FINE_STEP;

  /** How long the first half of the peers waits for the rest: much longer than any round trip. */
  static final Duration SKETCH_GRACE = Duration.ofMillis(500);

  /** Attempts at the sketch of a peer that responds. */
  static final int SKETCH_ATTEMPTS = 2;

  // Pages of one range.

  /** The least page, so that it includes events that came after the sketch. */
  static final int MIN_RANGE_PAGE = 64;

  /** Pages of a range of unknown size: two million events. */
  static final int MAX_RANGE_PAGES = 400;

  /** A range of known size may take this many times the pages of the least size. */
  static final int PAGE_LIMIT_FACTOR = 4;

  /** Pages of one filter from one peer: 100,000 announcements or checkpoints. */
  static final int MAX_FILTERED_PAGES = 20;

  // The AIMD window of one peer.

  /** A smaller page costs more for its signatures than for its events. */
  static final int MIN_PAGE_SIZE = 250;

  /** About a megabyte: any link that serves ledgers takes less than seconds for it. */
  static final int INITIAL_PAGE_SIZE = 2_000;

  /** While one response is merged, the peer sends another. */
  static final int INITIAL_WINDOW = 2;

  /** The mesh client's default limit for one peer. */
  static final int MAX_WINDOW = 4;

  /** After a faster response the page grows. A quarter of the first stall timeout. */
  static final Duration FAST_RESPONSE = Duration.ofMillis(500);

  /** After a slower response page and window shrink. */
  static final Duration SLOW_RESPONSE = Duration.ofMillis(1_500);

  /** How much longer than at best an event may take before the requests slow each other down. */
  static final double CONGESTION_FACTOR = 2;

  /** No peer takes less time for an event. */
  static final double MIN_NANOS_PER_EVENT = 1_000;

  /** The best time grows by this with each response, because a route may get slower for good. */
  static final double BEST_DECAY = 1.05;

  /** The time of a smaller page is mostly that of the round trip. */
  static final int MIN_MEASURED_EVENTS = 500;

  // Probes and spot checks.

  static final int PROBE_TIMES = 8;

  /** Events of one probe, or of one check of a skipped group. */
  static final int MIN_PROBE_EVENTS = 12;

  static final int MAX_PROBE_EVENTS = 200;

  /** The share of all events that the probes may cost. */
  static final double PROBE_SHARE = 0.02;

  /** A peer with fewer comparable events has not shown enough to be skipped. */
  static final int MIN_COMPARABLE_EVENTS = 30;

  static final int CHECKS_PER_FETCHER = 2;
  static final int FETCHER_CHECK_EVENTS = 24;
  static final int CHECKS_PER_SKIPPED_GROUP = 8;

  /** The share of a skipped group's events that its checks may cost. */
  static final double SKIPPED_CHECK_SHARE = 0.01;

  private PagesLimits() {}

  static int probeSize(double events) {
    return (int) Math.clamp(events, MIN_PROBE_EVENTS, MAX_PROBE_EVENTS);
  }
}
