package nara.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MessageBoundTest {
  private long now;
  private final MessageBound bound = new MessageBound(8 << 20, () -> now);

  @Test
  void two_connections_lost_right_after_large_publishes_halve_the_bound_down_to_its_minimum() {
    assertThat(lostAt(6 << 20)).isFalse();
    assertThat(bound.bytes()).isEqualTo(8 << 20);
    assertThat(lostAt(6 << 20)).isTrue();
    assertThat(bound.bytes()).isEqualTo(3 << 20);
    for (int i = 0; i < 20; i++) {
      bound.onPublish(bound.bytes());
      bound.onConnectionLost();
    }

    assertThat(bound.bytes()).isEqualTo(MqttLimits.MIN_MESSAGE_BOUND);
    assertThat(bound.onConnectionLost()).isFalse();
  }

  @Test
  void losses_at_sizes_that_differ_or_with_another_loss_between_do_not_halve_the_bound() {
    assertThat(lostAt(6 << 20)).isFalse();
    assertThat(lostAt(1 << 20)).as("not half as large").isFalse();
    assertThat(bound.onConnectionLost()).as("without a large message").isFalse();
    assertThat(lostAt(1 << 20)).isFalse();

    assertThat(bound.bytes()).isEqualTo(8 << 20);
  }

  @Test
  void message_of_that_size_that_gets_through_ends_the_suspicion() {
    lostAt(6 << 20);
    bound.onPublish(6 << 20).run();
    now += MqttLimits.LARGE_PUBLISH_GRACE.toNanos() + 1;

    assertThat(lostAt(6 << 20)).isFalse();
    assertThat(bound.bytes()).isEqualTo(8 << 20);
  }

  @Test
  void bound_doubles_after_each_day_without_a_loss_up_to_the_configured_one() {
    now = -5;
    lostAt(3 << 20);
    lostAt(3 << 20);
    assertThat(bound.bytes()).isEqualTo(3 << 19);
    long day = MqttLimits.BOUND_RECOVERY.toNanos();
    now += day - 1;
    assertThat(bound.bytes()).isEqualTo(3 << 19);
    now += 1;
    assertThat(bound.bytes()).isEqualTo(3 << 20);
    now += 10 * day;
    assertThat(bound.bytes()).isEqualTo(8 << 20);
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
