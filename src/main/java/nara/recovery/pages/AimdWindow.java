package nara.recovery.pages;

import java.time.Duration;
import nara.ledger.Query;

/**
 * The page size and the request window of one peer: both grow while transfers are fast, and shrink
 * when one is slow or fails. A long latency does not count as slow: it needs large pages and
 * several requests in flight.
 *
 * <p>Additive increase and multiplicative decrease, as in TCP: a distant or busy peer gets small
 * requests, so that a stall loses little, and nobody has to know the network beforehand.
 */
final class AimdWindow {
  private final TransferModel model = new TransferModel();
  private int pageSize = PagesLimits.INITIAL_PAGE_SIZE;
  private int window = PagesLimits.INITIAL_WINDOW;
  private int responsesSinceChange;
  private double bestNanosPerEvent = Double.POSITIVE_INFINITY;

  /** Events of one request, {@link PagesLimits#MIN_PAGE_SIZE} to {@link Query#MAX_EVENTS}. */
  int pageSize() {
    return pageSize;
  }

  /** Requests in flight, 1 to {@link PagesLimits#MAX_WINDOW}. */
  int window() {
    return window;
  }

  /** Requests in flight that get few events. A peer that is slow or fails gets no more of them. */
  int windowOfSmall() {
    return window < PagesLimits.INITIAL_WINDOW ? window : PagesLimits.MAX_WINDOW;
  }

  /**
   * A response came.
   *
   * @param took from the request to the last byte
   */
  void onResponse(int events, Duration took) {
    model.add(events, took);
    Duration transfer = model.transferTime(events, took);
    if (transfer.compareTo(PagesLimits.SLOW_RESPONSE) > 0) {
      halvePage();
      setWindow(Math.max(1, window - 1));
      return;
    }
    if (transfer.compareTo(PagesLimits.FAST_RESPONSE) < 0) {
      pageSize = Math.min(Query.MAX_EVENTS, pageSize * 2);
    }
    if (events < PagesLimits.MIN_MEASURED_EVENTS) {
      return;
    }
    double nanosPerEvent =
        Math.max(PagesLimits.MIN_NANOS_PER_EVENT, (double) took.toNanos() / events);
    bestNanosPerEvent = Math.min(bestNanosPerEvent * PagesLimits.BEST_DECAY, nanosPerEvent);
    responsesSinceChange++;
    if (nanosPerEvent > PagesLimits.CONGESTION_FACTOR * window * bestNanosPerEvent) {
      setWindow(Math.max(1, window - 1));
    } else if (responsesSinceChange > window) {
      setWindow(Math.min(PagesLimits.MAX_WINDOW, window + 1));
    }
  }

  void onFailure() {
    halvePage();
    setWindow(1);
  }

  private void halvePage() {
    pageSize = Math.max(PagesLimits.MIN_PAGE_SIZE, pageSize / 2);
  }

  private void setWindow(int requests) {
    window = requests;
    responsesSinceChange = 0;
  }
}
