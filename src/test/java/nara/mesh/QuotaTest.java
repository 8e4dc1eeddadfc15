package nara.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuotaTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong now = new AtomicLong(42);

  @Test
  void many_at_once_then_as_many_a_second_as_allowed() {
    Quota quota = new Quota(10, 100, now::get);
    for (int i = 0; i < 100; i++) {
      assertThat(quota.take("bart")).isTrue();
    }
    assertThat(quota.take("bart")).isFalse();
    assertThat(quota.empty("bart")).isTrue();
    assertThat(quota.secondsUntilNext("bart")).isEqualTo(1);
    assertThat(quota.take("lisa")).isTrue();

    now.addAndGet(SECOND / 2);
    for (int i = 0; i < 5; i++) {
      assertThat(quota.take("bart")).isTrue();
    }
    assertThat(quota.take("bart")).isFalse();
  }

  @Test
  void who_was_quiet_for_long_has_no_more_than_all_at_once() {
    Quota quota = new Quota(10, 3, now::get);
    assertThat(quota.take("bart")).isTrue();

    now.addAndGet(1_000 * SECOND);

    for (int i = 0; i < 3; i++) {
      assertThat(quota.take("bart")).isTrue();
    }
    assertThat(quota.take("bart")).isFalse();
  }

  @Test
  void without_a_bound_nobody_is_counted() {
    Quota quota = new Quota(0, 1, now::get);
    assertThat(quota.take("bart")).isTrue();
    assertThat(quota.take("bart")).isTrue();
    assertThat(quota.empty("bart")).isFalse();
  }
}
