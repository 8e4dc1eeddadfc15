package nara.plaza;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LettersTest {
  private final List<Integer> sent = new ArrayList<>();
  private Future<?> written = Future.succeededFuture();
  private final Letters letters =
      new Letters(
          (id, topic, payload) -> {
            sent.add(id);
            return written;
          });

  private List<Future<Void>> send(int count) {
    List<Future<Void>> futures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      futures.add(letters.send("topic", new byte[i]));
    }
    return futures;
  }

  @Test
  void ten_are_in_flight_and_the_next_one_goes_when_one_is_acknowledged() {
    List<Future<Void>> futures = send(12);
    assertThat(sent).hasSize(10).doesNotHaveDuplicates();
    assertThat(futures).noneMatch(Future::isComplete);

    letters.acknowledged(sent.get(3));
    assertThat(futures.get(3).succeeded()).isTrue();
    assertThat(futures.stream().filter(Future::isComplete)).hasSize(1);
    assertThat(sent).hasSize(11);

    List.copyOf(sent).forEach(letters::acknowledged);
    letters.acknowledged(sent.getLast());
    assertThat(futures).allMatch(Future::succeeded);
  }

  @Test
  void what_is_not_written_or_not_acknowledged_fails_and_makes_room() {
    List<Future<Void>> futures = send(11);
    letters.failed(sent.getFirst(), "too late");
    assertThat(futures.getFirst().cause()).hasMessage("too late");
    assertThat(sent).hasSize(11);

    letters.acknowledged(sent.get(1));
    written = Future.failedFuture("not written");
    assertThat(letters.send("topic", new byte[0]).cause()).hasMessage("not written");
  }

  @Test
  void a_lost_connection_fails_all_of_it_and_late_acknowledgements_mean_nothing() {
    List<Future<Void>> before = send(15);
    letters.lost("gone");
    assertThat(before).allMatch(future -> future.cause().getMessage().equals("gone"));

    List<Integer> old = List.copyOf(sent);
    Future<Void> after = letters.send("topic", new byte[0]);
    old.forEach(letters::acknowledged);
    assertThat(after.isComplete()).isFalse();
    letters.acknowledged(sent.getLast());
    assertThat(after.succeeded()).isTrue();
  }

  @Test
  void more_than_may_wait_is_refused() {
    List<Future<Void>> futures = send(Letters.MOST_IN_FLIGHT + Letters.MOST_WAITING + 1);
    assertThat(futures.stream().filter(Future::failed)).hasSize(1);
    assertThat(futures.getLast().cause()).hasMessageContaining("slower than is published");
  }

  @Test
  void a_number_in_flight_is_not_used_again() {
    Future<Void> slow = letters.send("topic", new byte[0]);
    for (int i = 0; i < 70_000; i++) {
      Future<Void> quick = letters.send("topic", new byte[0]);
      assertThat(sent.getLast()).isNotEqualTo(sent.getFirst()).isLessThanOrEqualTo(65_535);
      letters.acknowledged(sent.getLast());
      assertThat(quick.succeeded()).isTrue();
    }
    assertThat(slow.isComplete()).isFalse();
  }
}
