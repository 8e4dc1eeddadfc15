package nara.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MessageBoundTest {
  private long now;
  private final MessageBound bound = new MessageBound(8 << 20, () -> now);

  @Test
  void connection_lost_right_after_a_large_publish_halves_the_bound_down_to_its_minimum() {
    bound.onPublish(6 << 20).run();
    assertThat(bound.onConnectionLost()).isTrue();
    assertThat(bound.bytes()).isEqualTo(3 << 20);
    for (int i = 0; i < 10; i++) {
      bound.onPublish(bound.bytes());
      bound.onConnectionLost();
    }

    assertThat(bound.bytes()).isEqualTo(MqttLimits.MIN_MESSAGE_BOUND);
    assertThat(bound.onConnectionLost()).isFalse();
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
