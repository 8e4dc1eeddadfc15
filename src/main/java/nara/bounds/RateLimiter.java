package nara.bounds;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Token buckets, one for each key: a burst at once, and so many per period in the long run.
 *
 * <p>It keeps only the time at which each key's bucket is full again. The least recently used keys
 * are forgotten when there are too many, so their buckets are full. A clock that goes back fills
 * the buckets, too.
 *
 * <p>Not thread-safe.
 */
public final class RateLimiter {
  /** Keys whose buckets are kept: peers choose them. */
  private static final int MAX_KEYS = 10_000;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final long nanosPerToken;
  private final long capacityNanos;
  private final LongSupplier nanoTime;
  private final Map<String, Long> fullAt = BoundedMap.lru(MAX_KEYS);

  /**
   * A limiter with full buckets.
   *
   * @param tokens that each bucket gets per period; 0 for no limit
   * @param burst tokens that a full bucket holds
   * @param nanoTime in nanoseconds, as {@link System#nanoTime}
   */
  public RateLimiter(int tokens, Duration period, int burst, LongSupplier nanoTime) {
    this.nanosPerToken = tokens == 0 ? 0 : period.toNanos() / tokens;
    this.capacityNanos = nanosPerToken * burst;
    this.nanoTime = nanoTime;
  }

  /**
   * A limiter with {@code max} at once, and {@code max} per period.
   *
   * @param clock one that nobody sets, such as a scheduler's steady clock
   */
  public static RateLimiter per(Duration period, int max, InstantSource clock) {
    return new RateLimiter(
        max, period, max, () -> Duration.between(Instant.EPOCH, clock.instant()).toNanos());
  }

  /** Takes a token of the key; false when there is none. */
  public boolean tryAcquire(String key) {
    long now = nanoTime.getAsLong();
    long untilFull = nanosUntilFull(key, now);
    if (untilFull + nanosPerToken > capacityNanos) {
      return false;
    }
    if (nanosPerToken > 0) {
      fullAt.put(key, now + untilFull + nanosPerToken);
    }
    return true;
  }

  /** Whether the key has no token, without taking one. */
  public boolean isExhausted(String key) {
    return nanosUntilFull(key, nanoTime.getAsLong()) + nanosPerToken > capacityNanos;
  }

  /** Whole seconds after which the key has a token, at least 1. */
  public int retryAfterSeconds(String key) {
    long wait = nanosUntilFull(key, nanoTime.getAsLong()) + nanosPerToken - capacityNanos;
    return (int) Math.max(1, Math.ceilDiv(wait, NANOS_PER_SECOND));
  }

  private long nanosUntilFull(String key, long now) {
    Long full = fullAt.get(key);
    long nanos = full == null ? 0 : full - now;
    return nanos < 0 || nanos > capacityNanos ? 0 : nanos;
  }
}
