package nara.mqtt;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * How often something is done for whom: a count for each, and one for all together, that begin anew
 * with each period. Senders are claimed, not proved, so the count for all is the one that bounds
 * the work; the count for each keeps one busy name from using it up.
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

  /** Whether it may be done once more for that one; if so, it is counted. */
  boolean tryAcquire(String name, Instant now) {
    if (windowStart.equals(Instant.MIN)
        || !now.isBefore(windowStart.plus(window))
        || now.isBefore(windowStart)) {
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
