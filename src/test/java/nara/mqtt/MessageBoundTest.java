package nara.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MessageBoundTest {
  private long now;
  private final MessageBound bound = new MessageBound(8 << 20, () -> now);

  private static final long SHORT = MqttLimits.BOUND_RECOVERY.toNanos();
  private static final long DAY = MqttLimits.CONFIRMED_BOUND_RECOVERY.toNanos();

  @Test
  void connection_lost_right_after_a_large_publish_halves_the_bound_down_to_its_minimum() {
    assertThat(lostAt(6 << 20)).isTrue();
    assertThat(bound.bytes()).isEqualTo(3 << 20);
    for (int i = 0; i < 10; i++) {
      bound.onPublish(bound.bytes());
      bound.onConnectionLost();
    }

    assertThat(bound.bytes()).isEqualTo(MqttLimits.MIN_MESSAGE_BOUND);
    assertThat(bound.onConnectionLost()).isFalse();
  }

  @Test
  void bound_of_a_single_loss_is_soon_the_configured_one_again() {
    lostAt(3 << 20);
    assertThat(bound.bytes()).isEqualTo(3 << 19);
    now += SHORT - 1;
    assertThat(bound.bytes()).isEqualTo(3 << 19);
    now += 1;
    assertThat(bound.bytes()).isEqualTo(3 << 20);
    now += 2 * SHORT;
    assertThat(bound.bytes()).isEqualTo(8 << 20);
  }

  @Test
  void two_losses_in_a_row_at_a_like_size_hold_for_a_day() {
    lostAt(3 << 20);
    lostAt(1 << 20);
    assertThat(bound.bytes()).isEqualTo(1 << 19);
    now += DAY - 1;
    assertThat(bound.bytes()).isEqualTo(1 << 19);
    now += 1;
    assertThat(bound.bytes()).isEqualTo(1 << 20);
    now += 10 * DAY;
    assertThat(bound.bytes()).isEqualTo(8 << 20);
  }

  @Test
  void limit_that_is_met_again_after_the_bound_has_doubled_is_confirmed() {
    lostAt(3 << 20);
    now += SHORT;
    bound.onPublish(1 << 20).run();
    now += MqttLimits.LARGE_PUBLISH_GRACE.toNanos() + 1;
    lostAt(3 << 20);

    assertHeldAfterShortTime(false);
  }

  @Test
  void losses_at_other_sizes_or_with_another_loss_between_confirm_nothing() {
    lostAt(6 << 20);
    lostAt(1 << 20);
    assertHeldAfterShortTime(true);

    bound.onConnectionLost();
    lostAt(1 << 20);
    assertHeldAfterShortTime(true);
  }

  @Test
  void message_of_that_size_that_gets_through_ends_the_row() {
    lostAt(6 << 20);
    now += 2 * SHORT;
    bound.onPublish(6 << 20).run();
    now += MqttLimits.LARGE_PUBLISH_GRACE.toNanos() + 1;
    lostAt(6 << 20);

    assertHeldAfterShortTime(true);
  }

  private void assertHeldAfterShortTime(boolean doubles) {
    int before = bound.bytes();
    now += SHORT;
    assertThat(bound.bytes()).isEqualTo(doubles ? 2 * before : before);
  }

  private boolean lostAt(int size) {
    bound.onPublish(size).run();
    return bound.onConnectionLost();
  }

  @Test
  void connection_lost_later_or_after_small_messages_says_nothing_about_the_bound() {
    bound.onPublish(6 << 20).run();
    now += MqttLimits.LARGE_PUBLISH_GRACE.toNanos() + 1;
    assertThat(bound.onConnectionLost()).isFalse();
    bound.onPublish(1_000).run();
    assertThat(bound.onConnectionLost()).isFalse();

    assertThat(bound.bytes()).isEqualTo(8 << 20);
  }
}
