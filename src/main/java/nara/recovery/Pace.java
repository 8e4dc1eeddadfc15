package nara.recovery;

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
final class Pace {
  /** Below this a page is mostly signatures over it. */
  static final int LEAST_PAGE = 250;

  /** The first page: about a megabyte, which no link that serves ledgers takes seconds for. */
  static final int FIRST_PAGE = 2_000;

  /** Requests under way to one peer: one is being answered while another is being merged. */
  static final int FIRST_WINDOW = 2;

  /** As many as the mesh has under way to one peer unless it is told otherwise. */
  static final int MOST_WINDOW = 4;

  /** An answer that takes less can be larger; it is a quarter of the first patience. */
  private static final Duration QUICK = Duration.ofMillis(500);

  /** An answer that takes longer is too large, or one of too many. */
  private static final Duration SLOW = Duration.ofMillis(1_500);

  /**
   * How much longer each event may take than it did at best before requests are in each other's
   * way.
   */
  private static final double CROWDED = 2;

  /** Nanoseconds for an event that nothing is quicker than. */
  private static final double LEAST_NANOS = 1_000;

  private static final double FORGETTING = 1.05;

  /** What is in a page that tells the time of its events rather than that of the way. */
  private static final int TELLING = 500;

  private int page = FIRST_PAGE;
  private int window = FIRST_WINDOW;
  private int sinceChange;
  private double bestPerEvent = Double.POSITIVE_INFINITY;

  /** Events to ask for at once, {@link #LEAST_PAGE} to {@link Query#MOST}. */
  int page() {
    return page;
  }

  /** Requests to have under way, 1 to {@link #MOST_WINDOW}. */
  int window() {
    return window;
  }

  /**
   * An answer came.
   *
   * @param events in it
   * @param took from the request to the last byte
   */
  void answered(int events, Duration took) {
    if (took.compareTo(SLOW) > 0) {
      page = Math.max(LEAST_PAGE, page / 2);
      fewer();
      return;
    }
    if (took.compareTo(QUICK) < 0) {
      page = Math.min(Query.MOST, page * 2);
    }
    if (events < TELLING) {
      return;
    }
    double perEvent = Math.max(LEAST_NANOS, (double) took.toNanos() / events);
    // The best is forgotten slowly: a way may become longer for good.
    bestPerEvent = Math.min(bestPerEvent * FORGETTING, perEvent);
    sinceChange++;
    if (perEvent > CROWDED * window * bestPerEvent) {
      fewer();
    } else if (sinceChange > window) {
      window = Math.min(MOST_WINDOW, window + 1);
      sinceChange = 0;
    }
  }

  /** No answer came. */
  void failed() {
    page = Math.max(LEAST_PAGE, page / 2);
    window = 1;
    sinceChange = 0;
  }

  private void fewer() {
    window = Math.max(1, window - 1);
    sinceChange = 0;
  }
}
