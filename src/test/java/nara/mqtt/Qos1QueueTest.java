package nara.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class Qos1QueueTest {
  private final List<Integer> sent = new ArrayList<>();
  private Future<?> written = Future.succeededFuture();
  private final Qos1Queue queue =
      new Qos1Queue(
          (id, topic, payload) -> {
            sent.add(id);
            return written;
          });

  private List<Future<Void>> send(int count) {
    List<Future<Void>> futures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      futures.add(queue.publish("topic", new byte[i]));
    }
    return futures;
  }

  @Test
  void queue_publishes_the_next_message_when_one_of_ten_is_acknowledged() {
    List<Future<Void>> futures = send(12);
    assertThat(sent).hasSize(10).doesNotHaveDuplicates();
    assertThat(futures).noneMatch(Future::isComplete);

    queue.onAcknowledged(sent.get(3));
    assertThat(futures.get(3).succeeded()).isTrue();
    assertThat(futures.stream().filter(Future::isComplete)).hasSize(1);
    assertThat(sent).hasSize(11);

    List.copyOf(sent).forEach(queue::onAcknowledged);
    queue.onAcknowledged(sent.getLast());
    assertThat(futures).allMatch(Future::succeeded);
  }

  @Test
  void failed_or_unacknowledged_message_frees_its_slot() {
    List<Future<Void>> futures = send(11);
    queue.onFailed(sent.getFirst(), "too late");
    assertThat(futures.getFirst().cause()).hasMessage("too late");
    assertThat(sent).hasSize(11);

    queue.onAcknowledged(sent.get(1));
    written = Future.failedFuture("not written");
    assertThat(queue.publish("topic", new byte[0]).cause()).hasMessage("not written");
  }

  @Test
  void lost_connection_fails_all_messages_and_ignores_late_acks() {
    List<Future<Void>> before = send(15);
    queue.failAll("gone");
    assertThat(before).allMatch(future -> future.cause().getMessage().equals("gone"));

    List<Integer> old = List.copyOf(sent);
    Future<Void> after = queue.publish("topic", new byte[0]);
    old.forEach(queue::onAcknowledged);
    assertThat(after.isComplete()).isFalse();
    queue.onAcknowledged(sent.getLast());
    assertThat(after.succeeded()).isTrue();
  }

  @Test
  void full_queue_rejects_messages() {
    List<Future<Void>> futures =
        send(MqttLimits.MAX_QOS1_IN_FLIGHT + MqttLimits.MAX_QOS1_QUEUED + 1);
    assertThat(futures.stream().filter(Future::failed)).hasSize(1);
    assertThat(futures.getLast().cause()).hasMessageContaining("slower than they are published");
  }

  @Test
  void queue_does_not_reuse_an_id_that_is_in_flight() {
    Future<Void> slow = queue.publish("topic", new byte[0]);
    for (int i = 0; i < 70_000; i++) {
      Future<Void> quick = queue.publish("topic", new byte[0]);
      assertThat(sent.getLast()).isNotEqualTo(sent.getFirst()).isLessThanOrEqualTo(65_535);
      queue.onAcknowledged(sent.getLast());
      assertThat(quick.succeeded()).isTrue();
    }
    assertThat(slow.isComplete()).isFalse();
  }
}
