package nara.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  private final FairQueue<String> queue = new FairQueue<>();

  @Test
  void heaviest_group_loses_its_oldest_element_first() {
    queue.add("a", "a1", 3);
    queue.add("b", "b1", 2);
    queue.add("b", "b2", 2);
    assertThat(queue.removeOldestOfHeaviest()).contains("b1");
    assertThat(queue.removeOldestOfHeaviest()).contains("a1");
    assertThat(queue.removeOldestOfHeaviest()).contains("b2");
    assertThat(queue.removeOldestOfHeaviest()).isEmpty();
    assertThat(queue.weight()).isZero();
    assertThat(queue.groups()).isZero();
  }

  @Test
  void lightest_group_loses_its_oldest_element() {
    queue.add("a", "a1", 3);
    queue.add("b", "b1", 1);
    queue.add("b", "b2", 1);
    assertThat(queue.removeOldestOfLightest()).contains("b1");
  }

  @Test
  void element_is_there_once() {
    assertThat(queue.add("a", "x", 1)).isTrue();
    assertThat(queue.add("b", "x", 1)).isFalse();
    assertThat(queue.remove("x")).isTrue();
    assertThat(queue.remove("x")).isFalse();
    assertThat(queue.size()).isZero();
  }

  @Test
  void queue_equals_a_plain_model_under_random_operations() {
    Random random = new Random(7);
    Map<String, Map<String, Integer>> model = new HashMap<>();
    for (int i = 0; i < 5_000; i++) {
      String group = "g" + random.nextInt(8);
      if (random.nextInt(3) > 0) {
        int weight = 1 + random.nextInt(50);
        queue.add(group, "e" + i, weight);
        model.computeIfAbsent(group, first -> new LinkedHashMap<>()).put("e" + i, weight);
      } else if (random.nextBoolean() && model.containsKey(group)) {
        List<String> elements = new ArrayList<>(model.get(group).keySet());
        String element = elements.get(random.nextInt(elements.size()));
        assertThat(queue.remove(element)).isTrue();
        model.get(group).remove(element);
      } else {
        Optional<String> removed = queue.removeOldestOfHeaviest();
        int heaviest = model.values().stream().mapToInt(FairQueueTest::weight).max().orElse(0);
        assertThat(removed.isPresent()).isEqualTo(heaviest > 0);
        removed.ifPresent(
            element -> {
              Map<String, Integer> of =
                  model.values().stream()
                      .filter(each -> each.containsKey(element))
                      .findFirst()
                      .orElseThrow();
              assertThat(weight(of)).isEqualTo(heaviest);
              assertThat(of.keySet().iterator().next()).isEqualTo(element);
              of.remove(element);
            });
      }
      model.values().removeIf(Map::isEmpty);
      assertThat(queue.weight())
          .isEqualTo(model.values().stream().mapToInt(FairQueueTest::weight).sum());
      assertThat(queue.groups()).isEqualTo(model.size());
    }
  }

  private static int weight(Map<String, Integer> group) {
    return group.values().stream().mapToInt(Integer::intValue).sum();
  }
}
