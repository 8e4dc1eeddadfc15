package nara.mesh.server;

import java.util.Map;
import java.util.function.LongSupplier;
import nara.bounds.BoundedMap;
import nara.mesh.wire.MeshLimits;

/**
 * How often each of many may ask: so many at once, and so many a second in the long run.
 *
 * <p>Each has a bucket that holds as many as may come at once, and that is filled again at the rate
 * of the long run. The buckets that were used longest ago are forgotten when there are too many,
 * which only means that they are full again.
 *
 * <p>Lives on one event loop.
 */
final class PeerRateLimiter {
  private static final double NANOS_PER_SECOND = 1e9;

  private final double perSecond;
  private final int burst;
  private final LongSupplier nanoTime;
  private final Map<String, Bucket> buckets = BoundedMap.lru(MeshLimits.RATE_LIMITED_SENDERS);

  private static final class Bucket {
    private double tokens;
    private long refilledAt;
  }

  /**
   * A quota for each.
   *
   * @param perSecond in the long run; 0 for no bound
   * @param burst what a bucket holds
   * @param nanoTime elapsed real time, as {@link System#nanoTime}
   */
  PeerRateLimiter(int perSecond, int burst, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.nanoTime = nanoTime;
  }

  /** Takes one; whether there was one. */
  boolean tryAcquire(String key) {
    if (perSecond == 0) {
      return true;
    }
    Bucket bucket = refilledBucket(key);
    if (bucket.tokens < 1) {
      return false;
    }
    bucket.tokens--;
    return true;
  }

  /** Whether there is none, without taking any. */
  boolean isExhausted(String key) {
    return perSecond != 0 && refilledBucket(key).tokens < 1;
  }

  /** Whole seconds after which there is one again, at least 1. */
  int retryAfterSeconds(String key) {
    double missing = perSecond == 0 ? 0 : 1 - refilledBucket(key).tokens;
    return Math.max(1, (int) Math.ceil(missing / Math.max(1, perSecond)));
  }

  private Bucket refilledBucket(String key) {
    long now = nanoTime.getAsLong();
    Bucket bucket = buckets.get(key);
    if (bucket == null) {
      bucket = new Bucket();
      bucket.tokens = burst;
      buckets.put(key, bucket);
    } else {
      bucket.tokens =
          Math.min(burst, bucket.tokens + (now - bucket.refilledAt) / NANOS_PER_SECOND * perSecond);
    }
    bucket.refilledAt = now;
    return bucket;
  }
}
