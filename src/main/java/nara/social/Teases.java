package nara.social;

import java.time.Instant;
import java.util.Map;
import nara.bounds.BoundedMap;
import nara.bounds.RateLimiter;
import nara.event.Event;
import nara.event.Social;

/**
 * The recent teases: the targets of this node with their cooldowns, and the teases of others. Times
 * are steady ones, except for those of events. Not thread-safe.
 */
final class Teases {
  private record Remark(String target, String reason) {}

  private final RateLimiter rate;
  private final Map<String, Instant> teasedAt = BoundedMap.lru(SocialLimits.MAX_TARGETS);
  private final Map<String, Long> remarkedRestarts = BoundedMap.lru(SocialLimits.MAX_TARGETS);
  private final Map<Remark, Instant> byOthers = BoundedMap.fifo(SocialLimits.MAX_RECENT_TEASES);

  /** {@code rate} bounds the teases in all. */
  Teases(RateLimiter rate) {
    this.rate = rate;
  }

  boolean maySay(String target, Instant now) {
    Instant last = teasedAt.get(target);
    return last == null || now.isAfter(last.plus(SocialLimits.TEASE_COOLDOWN));
  }

  /** Notes a tease, unless it is too early for one. */
  boolean trySay(String target, Instant now) {
    if (!maySay(target, now) || !rate.tryAcquire("")) {
      return false;
    }
    teasedAt.put(target, now);
    return true;
  }

  /** Whether this number of restarts is a new one; the same number is remarked on once. */
  boolean isNewNumber(String target, long restarts) {
    Long remarked = remarkedRestarts.get(target);
    return remarked == null || remarked != restarts;
  }

  void onNumberRemarked(String target, long restarts) {
    remarkedRestarts.put(target, restarts);
  }

  /** Notes the fresh teases among merged events. */
  void onMerged(Iterable<Event> events, String me, Instant now) {
    for (Event event : events) {
      if (event.payload() instanceof Social social
          && !social.actor().equals(me)
          && event.ts() > Event.unixNanos(now.minus(SocialLimits.RECENT_TEASE))) {
        byOthers.put(new Remark(social.target(), social.reason()), now);
      }
    }
  }

  /** Whether another nara has teased the target for this reason just now. */
  boolean saidByOthers(String target, TeaseReason reason, Instant now) {
    Instant said = byOthers.get(new Remark(target, reason.label()));
    return said != null && now.isBefore(said.plus(SocialLimits.RECENT_TEASE));
  }
}
