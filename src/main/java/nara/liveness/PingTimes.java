package nara.liveness;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far away everybody is, in milliseconds: at first what others measured, as far as the ledger
 * holds it, then a moving average of what this node measures itself.
 */
final class PingTimes {
  /** How much the newest measurement counts, the reference's. */
  private static final double NEWEST_WEIGHT = 0.3;

  /** Targets kept, at most: as many as discovery knows neighbours. */
  static final int MAX_TARGETS = 10_000;

  private final Map<String, Double> averages = new LinkedHashMap<>();

  /** Takes the means of what the ledger holds, for those of whom nothing is known yet. */
  void seed(Map<String, Double> means) {
    means.forEach(
        (name, mean) -> {
          if (averages.size() < MAX_TARGETS) {
            averages.putIfAbsent(name, mean);
          }
        });
  }

  /** Takes a measurement. */
  void add(String name, double milliseconds) {
    if (averages.size() < MAX_TARGETS || averages.containsKey(name)) {
      averages.merge(
          name,
          milliseconds,
          (before, newest) -> NEWEST_WEIGHT * newest + (1 - NEWEST_WEIGHT) * before);
    }
  }

  void remove(Iterable<String> names) {
    names.forEach(averages::remove);
  }

  /** The average of each target. */
  Map<String, Double> averages() {
    return Map.copyOf(averages);
  }
}
