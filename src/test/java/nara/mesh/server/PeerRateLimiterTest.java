package nara.mesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PeerRateLimiterTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong now = new AtomicLong(42);

  @Test
  void quota_allows_burst_then_steady_rate() {
    PeerRateLimiter peerRateLimiter = new PeerRateLimiter(10, 100, now::get);
    for (int i = 0; i < 100; i++) {
      assertThat(peerRateLimiter.tryAcquire("bart")).isTrue();
    }
    assertThat(peerRateLimiter.tryAcquire("bart")).isFalse();
    assertThat(peerRateLimiter.isExhausted("bart")).isTrue();
    assertThat(peerRateLimiter.retryAfterSeconds("bart")).isEqualTo(1);
    assertThat(peerRateLimiter.tryAcquire("lisa")).isTrue();

    now.addAndGet(SECOND / 2);
    for (int i = 0; i < 5; i++) {
      assertThat(peerRateLimiter.tryAcquire("bart")).isTrue();
    }
    assertThat(peerRateLimiter.tryAcquire("bart")).isFalse();
  }

  @Test
  void quota_burst_is_capped_after_a_long_pause() {
    PeerRateLimiter peerRateLimiter = new PeerRateLimiter(10, 3, now::get);
    assertThat(peerRateLimiter.tryAcquire("bart")).isTrue();

    now.addAndGet(1_000 * SECOND);

    for (int i = 0; i < 3; i++) {
      assertThat(peerRateLimiter.tryAcquire("bart")).isTrue();
    }
    assertThat(peerRateLimiter.tryAcquire("bart")).isFalse();
  }

  @Test
  void quota_without_limit_counts_nothing() {
    PeerRateLimiter peerRateLimiter = new PeerRateLimiter(0, 1, now::get);
    assertThat(peerRateLimiter.tryAcquire("bart")).isTrue();
    assertThat(peerRateLimiter.tryAcquire("bart")).isTrue();
    assertThat(peerRateLimiter.isExhausted("bart")).isFalse();
  }
}
