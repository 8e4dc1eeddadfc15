package nara.recovery.pages;

import java.time.Duration;
import nara.ledger.Query;
import nara.mesh.wire.MeshLimits;

/** Limits of the pages rung. */
final class PagesLimits {
  // Sketches.

  /** Events from one coarse point to the next. Four such steps and some room fill one page. */
  static final int COARSE_STEP = 1_225;

  /** Events from one fine point to the next, after the last coarse step. */
  static final int FINE_STEP = 49;

  /** Coarse points of the first sketch of a ledger: enough for 1,225,000 events. */
  static final int FIRST_COARSE_POINTS = 1_000;

  /**
   * Coarse points of a larger ledger, as many as a response holds. A ledger of over 6,125,000
   * events has an unsketched oldest part, which its oldest range includes.
   */
  static final int MAX_COARSE_POINTS = Query.MAX_EVENTS;

  /** Coarse steps of a range that fits into one page. */
  static final int STEPS_PER_PAGE = 4;

  /** The share of the newest events in which replicas may differ, and the least number of them. */
  static final double MAX_TAIL_SHARE = 0.01;

  static final int MIN_TAIL = 112;

  /** How long the first half of the peers waits for the rest: much longer than any round trip. */
  static final Duration SKETCH_GRACE = Duration.ofMillis(500);

  /** How long the end waits for a second attempt, after the first one stalled. */
  static final Duration RETRY_GRACE = Duration.ofSeconds(1);

  /** Attempts at the sketch of a peer that responds. */
  static final int SKETCH_ATTEMPTS = 2;

  /** How long a few sketched peers wait for the rest, when most of the peers stay silent. */
  static final Duration SKETCH_PATIENCE = Duration.ofSeconds(1);

  /** Peers that are tried for each one to fetch from, when the number of these is limited. */
  static final int TRIED_PER_SELECTED = 3;

  /**
   * The share of rejected events from which a sketch shows nothing about honest events. An honest
   * peer may hold more forgeries than other events.
   */
  static final double MAX_REJECTED_SKETCH = 0.8;

  /** How long the announcements of most peers wait for those of the rest. */
  static final Duration KEYS_GRACE = Duration.ofMillis(500);

  /** Calls to peers that have not responded yet, for each call in flight to others. */
  static final int NEWCOMERS_PER_PLACE = MeshLimits.NEWCOMERS_PER_PLACE;

  // Lost peers.

  /** The pause before the first retry of a lost connection; it doubles up to the longest one. */
  static final Duration FIRST_LOST_PAUSE = Duration.ofMillis(500);

  /** A peer that is back is asked again within this time. */
  static final Duration MAX_LOST_PAUSE = Duration.ofSeconds(8);

  // The last resort.

  /** The time of the last phase, and the events that must have come for each further second. */
  static final Duration LAST_RESORT_TIME = Duration.ofSeconds(60);

  static final int LAST_RESORT_EVENTS_PER_SECOND = 100;

  // Pages of one range.

  /** The least page, so that it includes events that came after the sketch. */
  static final int MIN_RANGE_PAGE = 64;

  /** Slices of an instant that no page can hold: two million events. */
  static final int MAX_SLICES = 400;

  /** Pages of a range that may bring hardly anything. */
  static final int MIN_PAGES_OF_A_RANGE = 50;

  /** An honest page may be short, before many events of one time; the next one is then full. */
  static final int LEAST_EVENTS_OF_A_PAGE = MIN_RANGE_PAGE / 2;

  /** A page of few events is cut because they are large. */
  static final int LEAST_BYTES_OF_A_PAGE = 64 * 1024;

  /** Pages in a row without an id that the page before did not have. */
  static final int MAX_STALE_PAGES = 3;

  /**
   * Events of one range that may be rejected, or quarantined, or more than the ledger takes, and so
   * many more for each other event. Verifying 50,000 takes a few seconds of one core.
   */
  static final int MAX_USELESS_EVENTS = 50_000;

  static final int USELESS_PER_USEFUL = 4;

  /** The share of the oldest range that a full ledger may drop while it is read. */
  static final double MAX_PRUNED_SHARE = 0.1;

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

  /** With each new response, the weights of the older ones are multiplied by this. */
  static final double MODEL_DECAY = 0.85;

  /**
   * The least variance of response sizes from which a latency can be estimated, in events squared.
   */
  static final double LEAST_VARIANCE = 250.0 * 250;

  /** After a faster transfer the page grows. A quarter of the first stall timeout. */
  static final Duration FAST_RESPONSE = Duration.ofMillis(500);

  /** After a slower transfer page and window shrink. The latency does not count. */
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
  static final double PROBE_SHARE = 0.017;

  /** A peer with fewer comparable events has not shown enough to be skipped. */
  static final int MIN_COMPARABLE_EVENTS = 30;

  static final int CHECKS_PER_FETCHER = 2;

  /** The share of a fetcher's events that its checks may cost. */
  static final double FETCHER_CHECK_SHARE = 0.02;

  /** Events of one check of a fetcher. */
  static final int MIN_FETCHER_CHECK_EVENTS = 10;

  static final int MAX_FETCHER_CHECK_EVENTS = 60;

  static final int CHECKS_PER_SKIPPED_GROUP = 8;

  /** The share of a skipped group's events that its checks may cost. */
  static final double SKIPPED_CHECK_SHARE = 0.01;

  /** A ledger of at most so many events is fetched whole: one page costs less than a hole. */
  static final int FETCHED_UNPROBED = 1_000;

  private PagesLimits() {}

  static int fetcherCheckSize(long fetchedEvents) {
    return (int)
        Math.clamp(
            FETCHER_CHECK_SHARE * fetchedEvents / CHECKS_PER_FETCHER,
            MIN_FETCHER_CHECK_EVENTS,
            MAX_FETCHER_CHECK_EVENTS);
  }

  static int probeSize(double events) {
    return (int) Math.clamp(events, MIN_PROBE_EVENTS, MAX_PROBE_EVENTS);
  }
}
