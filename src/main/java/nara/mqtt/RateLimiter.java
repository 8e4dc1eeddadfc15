package nara.mqtt;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Limits how often something is done in a time window, for one name and in total. Names on the
 * plaza are not proved, so the total limit bounds the work. The limit for each name keeps one busy
 * name from using up the total.
 */
final class RateLimiter {
  private final int limitPerName;
  private final int totalLimit;
  private final Duration window;
  private final Map<String, Integer> usedByName = new HashMap<>();
  private int totalUsed;
  private Instant windowStart = Instant.MIN;

  RateLimiter(int limitPerName, int totalLimit, Duration window) {
    this.limitPerName = limitPerName;
    this.totalLimit = totalLimit;
    this.window = window;
  }

  /** Counts one use by the name; false when a limit is reached. */
  boolean tryAcquire(String name, Instant now) {
    if (!now.isBefore(windowStart.plus(window)) || now.isBefore(windowStart)) {
      windowStart = now;
      usedByName.clear();
      totalUsed = 0;
    }
    int used = usedByName.getOrDefault(name, 0);
    if (used >= limitPerName || totalUsed >= totalLimit) {
      return false;
    }
    usedByName.put(name, used + 1);
    totalUsed++;
    return true;
  }
}
