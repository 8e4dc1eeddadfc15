package nara.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PingQueueTest {
  @Test
  void pings_in_flight_are_bounded() {
    PingQueue queue = new PingQueue(2);
    queue.addSource(targets("a", "b", "c"));

    assertThat(drain(queue)).containsExactly("a", "b");
    assertThat(queue.next()).isEmpty();
    queue.pingEnded();
    assertThat(drain(queue)).containsExactly("c");
    queue.pingEnded();
    assertThat(queue.isIdle()).isFalse();
    queue.pingEnded();
    assertThat(queue.isIdle()).isTrue();
  }

  @Test
  void sources_take_turns_and_a_late_one_is_not_last() {
    PingQueue queue = new PingQueue(100);
    queue.addSource(targets("a1"));
    queue.addSource(targets("b1", "b2", "b3"));
    Optional<PingTarget> first = queue.next();
    queue.addSource(targets("c1", "c2"));

    assertThat(first.map(PingTarget::address)).contains("a1");
    assertThat(drain(queue)).containsExactly("b1", "c1", "b2", "c2", "b3");
  }

  @Test
  void source_is_read_only_when_its_turn_comes() {
    List<Integer> made = new ArrayList<>();
    PingQueue queue = new PingQueue(3);
    queue.addSource(
        Stream.iterate(0, i -> i + 1)
            .peek(made::add)
            .map(i -> new PingTarget("" + i, "", Neighbour.Source.SCAN))
            .iterator());

    assertThat(drain(queue)).hasSize(3);
    assertThat(made).hasSizeLessThanOrEqualTo(4);
  }

  @Test
  void empty_source_completes_at_once() {
    PingQueue queue = new PingQueue(1);
    queue.addSource(targets());

    assertThat(queue.isIdle()).isTrue();
    assertThat(queue.next()).isEmpty();
  }

  @Test
  void queue_rejects_impossible_count() {
    assertThatIllegalArgumentException().isThrownBy(() -> new PingQueue(0));
    assertThatIllegalStateException().isThrownBy(() -> new PingQueue(1).pingEnded());
  }

  private static Iterator<PingTarget> targets(String... addresses) {
    return Stream.of(addresses).map(a -> new PingTarget(a, "", Neighbour.Source.SCAN)).iterator();
  }

  private static List<String> drain(PingQueue queue) {
    List<String> drained = new ArrayList<>();
    for (Optional<PingTarget> next = queue.next(); next.isPresent(); next = queue.next()) {
      drained.add(next.get().address());
    }
    return drained;
  }
}
