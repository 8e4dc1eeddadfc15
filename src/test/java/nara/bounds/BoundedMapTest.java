package nara.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class BoundedMapTest {
  @Test
  void lru_evicts_the_least_recently_used_entry() {
    Map<String, Integer> map = BoundedMap.lru(2);
    map.put("a", 1);
    map.put("b", 2);
    map.get("a");
    map.put("c", 3);

    assertThat(map).containsOnlyKeys("a", "c");
  }

  @Test
  void fifo_evicts_the_entry_that_was_inserted_first() {
    Map<String, Integer> map = BoundedMap.fifo(2);
    map.put("a", 1);
    map.put("b", 2);
    map.get("a");
    map.put("a", 4);
    map.put("c", 3);

    assertThat(map).containsOnlyKeys("b", "c");
  }

  @Test
  void lru_evicts_also_when_a_value_is_computed() {
    Map<Integer, Integer> map = BoundedMap.lru(100);
    for (int i = 0; i < 1_000; i++) {
      assertThat(map.computeIfAbsent(i, key -> -key)).isEqualTo(-i);
    }

    assertThat(map).hasSize(100).containsKeys(900, 999);
  }
}
