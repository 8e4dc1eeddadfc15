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
  void no_more_are_under_way_than_allowed() {
    PingQueue queue = new PingQueue(2);
    queue.add(targets("a", "b", "c"));

    assertThat(drain(queue)).containsExactly("a", "b");
    assertThat(queue.next()).isEmpty();
    queue.ended();
    assertThat(drain(queue)).containsExactly("c");
    queue.ended();
    assertThat(queue.idle()).isFalse();
    queue.ended();
    assertThat(queue.idle()).isTrue();
  }

  @Test
  void sources_are_drawn_from_in_turn_and_a_late_one_is_not_last() {
    PingQueue queue = new PingQueue(100);
    queue.add(targets("a1"));
    queue.add(targets("b1", "b2", "b3"));
    Optional<Target> first = queue.next();
    queue.add(targets("c1", "c2"));

    assertThat(first.map(Target::address)).contains("a1");
    assertThat(drain(queue)).containsExactly("b1", "c1", "b2", "c2", "b3");
  }

  @Test
  void a_source_is_not_looked_into_before_its_turn() {
    List<Integer> made = new ArrayList<>();
    PingQueue queue = new PingQueue(3);
    queue.add(
        Stream.iterate(0, i -> i + 1)
            .peek(made::add)
            .map(i -> new Target("" + i, "", Neighbour.Source.SCAN))
            .iterator());

    assertThat(drain(queue)).hasSize(3);
    assertThat(made).hasSizeLessThanOrEqualTo(4);
  }

  @Test
  void an_empty_source_is_nothing_to_wait_for() {
    PingQueue queue = new PingQueue(1);
    queue.add(targets());

    assertThat(queue.idle()).isTrue();
    assertThat(queue.next()).isEmpty();
  }

  @Test
  void a_count_that_cannot_be_is_a_defect() {
    assertThatIllegalArgumentException().isThrownBy(() -> new PingQueue(0));
    assertThatIllegalStateException().isThrownBy(() -> new PingQueue(1).ended());
  }

  private static Iterator<Target> targets(String... addresses) {
    return Stream.of(addresses).map(a -> new Target(a, "", Neighbour.Source.SCAN)).iterator();
  }

  private static List<String> drain(PingQueue queue) {
    List<String> drained = new ArrayList<>();
    for (Optional<Target> next = queue.next(); next.isPresent(); next = queue.next()) {
      drained.add(next.get().address());
    }
    return drained;
  }
}
