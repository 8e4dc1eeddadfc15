package nara.mesh.server;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import nara.mesh.wire.MeshLimits;

/**
 * Limits the request rate of each sender: a token bucket for a burst, refilled at a constant rate.
 * At the limit of buckets, the least recently used one is dropped, as if it were full again.
 *
 * <p>Lives on one event loop.
 */
final class PeerRateLimiter {
  private static final double NANOS_PER_SECOND = 1e9;

  private final double perSecond;
  private final int burst;
  private final LongSupplier nanoTime;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MeshLimits.RATE_LIMITED_SENDERS;
        }
      };

  private static final class Bucket {
    private double tokens;
    private long refilledAt;
  }

  /**
   * A limiter with full buckets.
   *
   * @param perSecond tokens added each second; 0 for no limit
   * @param burst tokens that a bucket holds
   * @param nanoTime elapsed real time, as {@link System#nanoTime}
   */
  PeerRateLimiter(int perSecond, int burst, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.nanoTime = nanoTime;
  }

  /** Takes a token, if there is one. */
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

  /** Whether there is no token; takes none. */
  boolean isExhausted(String key) {
    return perSecond != 0 && refilledBucket(key).tokens < 1;
  }

  /** Whole seconds until the next token, at least 1. */
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
