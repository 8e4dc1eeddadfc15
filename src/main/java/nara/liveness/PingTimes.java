package nara.liveness;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The average round trip to each target, in milliseconds. It begins with the mean that the ledger
 * holds after the recovery, and moves with each ping of this node.
 */
final class PingTimes {
  /** The reference's weight of a new measurement. */
  private static final double NEWEST_WEIGHT = 0.3;

  /** As many as discovery keeps neighbours. */
  static final int MAX_TARGETS = 10_000;

  private final Map<String, Double> averages = new LinkedHashMap<>();

  /** Only of targets with an average. */
  private final Map<String, Double> last = new HashMap<>();

  /** Adds the ledger's means for targets without an average. */
  void seed(Map<String, Double> means) {
    means.forEach(
        (name, mean) -> {
          if (averages.size() < MAX_TARGETS) {
            averages.putIfAbsent(name, mean);
          }
        });
  }

  void add(String name, double millis) {
    if (averages.size() < MAX_TARGETS || averages.containsKey(name)) {
      averages.merge(name, millis, (old, now) -> NEWEST_WEIGHT * now + (1 - NEWEST_WEIGHT) * old);
      last.put(name, millis);
    }
  }

  void remove(Iterable<String> names) {
    for (String name : names) {
      averages.remove(name);
      last.remove(name);
    }
  }

  Map<String, Double> last() {
    return Map.copyOf(last);
  }

  Map<String, Double> averages() {
    return Map.copyOf(averages);
  }
}
