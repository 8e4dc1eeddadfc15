package nara.upkeep;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far away everybody is, in milliseconds: at first what others measured, as far as the ledger
 * holds it, then a moving average of what this node measures itself.
 */
final class PingTimes {
  /** How much the newest measurement counts, the reference's. */
  private static final double NEWEST = 0.3;

  /** Targets kept, at most: as many as discovery knows neighbours. */
  static final int MOST = 10_000;

  private final Map<String, Double> averages = new LinkedHashMap<>();

  /** Takes the means of what the ledger holds, for those of whom nothing is known yet. */
  void seed(Map<String, Double> means) {
    means.forEach(
        (name, mean) -> {
          if (averages.size() < MOST) {
            averages.putIfAbsent(name, mean);
          }
        });
  }

  /** Takes a measurement. */
  void measured(String name, double milliseconds) {
    if (averages.size() < MOST || averages.containsKey(name)) {
      averages.merge(
          name, milliseconds, (before, newest) -> NEWEST * newest + (1 - NEWEST) * before);
    }
  }

  void forget(Iterable<String> names) {
    names.forEach(averages::remove);
  }

  /** The average of each target. */
  Map<String, Double> averages() {
    return Map.copyOf(averages);
  }
}
