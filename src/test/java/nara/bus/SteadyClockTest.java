package nara.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import nara.bounds.RateLimiter;
import nara.testing.ManualScheduler;
import org.junit.jupiter.api.Test;

/** Durations do not depend on the system's clock, which may be set. */
class SteadyClockTest {
  private static final Duration TWO_HOURS = Duration.ofHours(2);
  private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");

  private final ManualScheduler scheduler = new ManualScheduler(NOW);

  @Test
  void steady_clock_follows_the_time_that_passed() {
    InstantSource steady = scheduler.steady();
    scheduler.advance(Duration.ofSeconds(5));
    scheduler.setClock(TWO_HOURS.negated());
    scheduler.advance(Duration.ofSeconds(5));

    assertThat(steady.instant()).isEqualTo(NOW.plusSeconds(10));
    assertThat(scheduler.instant()).isEqualTo(NOW.plusSeconds(10).minus(TWO_HOURS));
  }

  @Test
  void rate_limit_ends_when_the_clock_is_set_back() {
    RateLimiter limiter = RateLimiter.per(Duration.ofMinutes(1), 1, scheduler.steady());
    assertThat(limiter.tryAcquire("lisa")).isTrue();
    scheduler.setClock(TWO_HOURS.negated());
    assertThat(limiter.tryAcquire("lisa")).isFalse();

    scheduler.advance(Duration.ofMinutes(1));

    assertThat(limiter.tryAcquire("lisa")).isTrue();
  }
}
