package nara.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final AtomicLong now = new AtomicLong(42);

  private RateLimiter limiter(int tokens, Duration period, int burst) {
    return new RateLimiter(tokens, period, burst, now::get);
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private static int acquireAll(RateLimiter limiter, String key) {
    int acquired = 0;
    while (acquired < 1_000 && limiter.tryAcquire(key)) {
      acquired++;
    }
    return acquired;
  }

  @Test
  void limiter_allows_a_burst_and_then_the_steady_rate() {
    RateLimiter limiter = limiter(10, SECOND, 100);

    assertThat(acquireAll(limiter, "bart")).isEqualTo(100);
    assertThat(limiter.isExhausted("bart")).isTrue();
    assertThat(limiter.retryAfterSeconds("bart")).isEqualTo(1);
    assertThat(limiter.tryAcquire("lisa")).isTrue();

    pass(Duration.ofMillis(500));
    assertThat(acquireAll(limiter, "bart")).isEqualTo(5);
  }

  @Test
  void burst_is_capped_when_the_pause_was_long() {
    RateLimiter limiter = limiter(10, SECOND, 3);
    assertThat(limiter.tryAcquire("bart")).isTrue();

    pass(Duration.ofHours(1));

    assertThat(acquireAll(limiter, "bart")).isEqualTo(3);
  }

  @Test
  void limiter_gives_the_token_back_exactly_after_the_period() {
    RateLimiter limiter = limiter(1, Duration.ofMinutes(1), 1);
    assertThat(acquireAll(limiter, "bart")).isEqualTo(1);
    assertThat(limiter.retryAfterSeconds("bart")).isEqualTo(60);

    pass(Duration.ofMinutes(1).minusNanos(1));
    assertThat(limiter.tryAcquire("bart")).isFalse();
    assertThat(limiter.retryAfterSeconds("bart")).isEqualTo(1);

    pass(Duration.ofNanos(1));
    assertThat(limiter.tryAcquire("bart")).isTrue();
  }

  @Test
  void buckets_are_full_when_the_clock_went_back() {
    RateLimiter limiter = limiter(2, Duration.ofSeconds(10), 2);
    assertThat(acquireAll(limiter, "bart")).isEqualTo(2);

    pass(Duration.ofSeconds(-99));

    assertThat(acquireAll(limiter, "bart")).isEqualTo(2);
  }

  @Test
  void limiter_without_a_rate_allows_everything() {
    RateLimiter limiter = limiter(0, SECOND, 1);

    assertThat(acquireAll(limiter, "bart")).isEqualTo(1_000);
    assertThat(limiter.isExhausted("bart")).isFalse();
    assertThat(limiter.retryAfterSeconds("bart")).isEqualTo(1);
  }
}
