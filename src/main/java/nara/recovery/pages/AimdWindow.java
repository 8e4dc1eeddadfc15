package nara.recovery.pages;

import java.time.Duration;
import nara.ledger.Query;

/**
 * How much one peer is asked for at once, by how it answers: larger pages while answers are quick,
 * one more request under way while that costs each of them nothing, and half of both when an answer
 * is slow or does not come.
 *
 * <p>Additive increase and multiplicative decrease, as networks do: whoever is far away or busy is
 * asked for little at a time, so that little is lost when it stalls, and nobody has to know the
 * network beforehand.
 */
final class AimdWindow {
  /** Below this a page is mostly signatures over it. */
  static final int MIN_PAGE_SIZE = 250;

  /** The first page: about a megabyte, which no link that serves ledgers takes seconds for. */
  static final int INITIAL_PAGE_SIZE = 2_000;

  /** Requests under way to one peer: one is being answered while another is being merged. */
  static final int INITIAL_WINDOW = 2;

  /** As many as the mesh has under way to one peer unless it is told otherwise. */
  static final int MAX_WINDOW = 4;

  /** An answer that takes less can be larger; it is a quarter of the first patience. */
  private static final Duration FAST_RESPONSE = Duration.ofMillis(500);

  /** An answer that takes longer is too large, or one of too many. */
  private static final Duration SLOW_RESPONSE = Duration.ofMillis(1_500);

  /**
   * How much longer each event may take than it did at best before requests are in each other's
   * way.
   */
  private static final double CONGESTION_FACTOR = 2;

  /** Nanoseconds for an event that nothing is quicker than. */
  private static final double MIN_NANOS_PER_EVENT = 1_000;

  private static final double BEST_DECAY = 1.05;

  /** What is in a page that tells the time of its events rather than that of the way. */
  private static final int MIN_MEASURED_EVENTS = 500;

  private int pageSize = INITIAL_PAGE_SIZE;
  private int window = INITIAL_WINDOW;
  private int responsesSinceChange;
  private double bestNanosPerEvent = Double.POSITIVE_INFINITY;

  /** Events to ask for at once, {@link #MIN_PAGE_SIZE} to {@link Query#MAX_EVENTS}. */
  int pageSize() {
    return pageSize;
  }

  /** Requests to have under way, 1 to {@link #MAX_WINDOW}. */
  int window() {
    return window;
  }

  /**
   * An answer came.
   *
   * @param events in it
   * @param took from the request to the last byte
   */
  void onResponse(int events, Duration took) {
    if (took.compareTo(SLOW_RESPONSE) > 0) {
      pageSize = Math.max(MIN_PAGE_SIZE, pageSize / 2);
      shrinkWindow();
      return;
    }
    if (took.compareTo(FAST_RESPONSE) < 0) {
      pageSize = Math.min(Query.MAX_EVENTS, pageSize * 2);
    }
    if (events < MIN_MEASURED_EVENTS) {
      return;
    }
    double nanosPerEvent = Math.max(MIN_NANOS_PER_EVENT, (double) took.toNanos() / events);
    // The best is forgotten slowly: a way may become longer for good.
    bestNanosPerEvent = Math.min(bestNanosPerEvent * BEST_DECAY, nanosPerEvent);
    responsesSinceChange++;
    if (nanosPerEvent > CONGESTION_FACTOR * window * bestNanosPerEvent) {
      shrinkWindow();
    } else if (responsesSinceChange > window) {
      window = Math.min(MAX_WINDOW, window + 1);
      responsesSinceChange = 0;
    }
  }

  /** No answer came. */
  void onFailure() {
    pageSize = Math.max(MIN_PAGE_SIZE, pageSize / 2);
    window = 1;
    responsesSinceChange = 0;
  }

  private void shrinkWindow() {
    window = Math.max(1, window - 1);
    responsesSinceChange = 0;
  }
}
