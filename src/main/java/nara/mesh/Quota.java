package nara.mesh;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How often each of many may ask: so many at once, and so many a second in the long run.
 *
 * <p>Each has a bucket that holds as many as may come at once, and that is filled again at the rate
 * of the long run. The buckets that were used longest ago are forgotten when there are too many,
 * which only means that they are full again.
 *
 * <p>Lives on one event loop.
 */
final class Quota {
  private static final double NANOS = 1e9;

  private final double perSecond;
  private final int atOnce;
  private final LongSupplier nanoTime;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MeshLimits.QUOTAS;
        }
      };

  private static final class Bucket {
    private double left;
    private long filledAt;
  }

  /**
   * A quota for each.
   *
   * @param perSecond in the long run; 0 for no bound
   * @param atOnce what a bucket holds
   * @param nanoTime elapsed real time, as {@link System#nanoTime}
   */
  Quota(int perSecond, int atOnce, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.atOnce = atOnce;
    this.nanoTime = nanoTime;
  }

  /** Takes one; whether there was one. */
  boolean take(String who) {
    if (perSecond == 0) {
      return true;
    }
    Bucket bucket = filled(who);
    if (bucket.left < 1) {
      return false;
    }
    bucket.left--;
    return true;
  }

  /** Whether there is none, without taking any. */
  boolean empty(String who) {
    return perSecond != 0 && filled(who).left < 1;
  }

  /** Whole seconds after which there is one again, at least 1. */
  int secondsUntilNext(String who) {
    double missing = perSecond == 0 ? 0 : 1 - filled(who).left;
    return Math.max(1, (int) Math.ceil(missing / Math.max(1, perSecond)));
  }

  private Bucket filled(String who) {
    long now = nanoTime.getAsLong();
    Bucket bucket = buckets.get(who);
    if (bucket == null) {
      bucket = new Bucket();
      bucket.left = atOnce;
      buckets.put(who, bucket);
    } else {
      bucket.left = Math.min(atOnce, bucket.left + (now - bucket.filledAt) / NANOS * perSecond);
    }
    bucket.filledAt = now;
    return bucket;
  }
}
