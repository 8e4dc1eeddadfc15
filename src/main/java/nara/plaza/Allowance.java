package nara.plaza;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * How often something is done for whom: a count for each, and one for all together, that begin anew
 * with each period. Senders are claimed, not proved, so the count for all is the one that bounds
 * the work; the count for each keeps one busy name from using it up.
 */
final class Allowance {
  private final int each;
  private final int all;
  private final Duration period;
  private final Map<String, Integer> used = new HashMap<>();
  private int usedByAll;
  private Instant began = Instant.MIN;

  Allowance(int each, int all, Duration period) {
    this.each = each;
    this.all = all;
    this.period = period;
  }

  /** Whether it may be done once more for that one; if so, it is counted. */
  boolean take(String who, Instant now) {
    if (began.equals(Instant.MIN) || !now.isBefore(began.plus(period)) || now.isBefore(began)) {
      began = now;
      used.clear();
      usedByAll = 0;
    }
    int mine = used.getOrDefault(who, 0);
    if (mine >= each || usedByAll >= all) {
      return false;
    }
    used.put(who, mine + 1);
    usedByAll++;
    return true;
  }
}
