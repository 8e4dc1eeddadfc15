package nara.recovery.pages;

import java.time.Duration;

/**
 * The time of one peer's responses as latency plus events divided by rate, by a least squares fit
 * in which older responses count less. A distant peer takes long for any response; only the part
 * that grows with the size is a reason for smaller pages.
 */
final class TransferModel {
  private double weight;
  private double sumEvents;
  private double sumNanos;
  private double sumEventsSquared;
  private double sumEventsNanos;

  /** Null before the first response. */
  private Duration fastest;

  /** A response came. */
  void add(int events, Duration took) {
    double nanos = took.toNanos();
    fastest = fastest == null || took.compareTo(fastest) < 0 ? took : fastest;
    weight = weight * PagesLimits.MODEL_DECAY + 1;
    sumEvents = sumEvents * PagesLimits.MODEL_DECAY + events;
    sumNanos = sumNanos * PagesLimits.MODEL_DECAY + nanos;
    sumEventsSquared = sumEventsSquared * PagesLimits.MODEL_DECAY + (double) events * events;
    sumEventsNanos = sumEventsNanos * PagesLimits.MODEL_DECAY + events * nanos;
  }

  /**
   * The time of a response without its latency.
   *
   * <p>While all sizes were about equal, nothing shows the latency. Then a large response counts
   * with all its time, and a small one with what it took longer than the fastest one.
   */
  Duration transferTime(int events, Duration took) {
    double variance = sumEventsSquared / weight - Math.pow(sumEvents / weight, 2);
    if (variance < PagesLimits.LEAST_VARIANCE) {
      return events < PagesLimits.MIN_MEASURED_EVENTS ? took.minus(fastest) : took;
    }
    double covariance = sumEventsNanos / weight - sumEvents / weight * (sumNanos / weight);
    double nanosPerEvent = Math.max(0, covariance / variance);
    return Duration.ofNanos((long) Math.min(took.toNanos(), nanosPerEvent * events));
  }
}
