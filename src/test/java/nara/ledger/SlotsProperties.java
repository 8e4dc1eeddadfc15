package nara.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nara.event.EventId;
import nara.event.Seen;
import nara.event.Verdict;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SlotsProperties {
  @Property(tries = 100)
  void it_behaves_like_a_map_by_id(
      @ForAll Random random, @ForAll @IntRange(max = 2_000) int steps) {
    Slots slots = new Slots();
    Map<EventId, Held> expected = new HashMap<>();
    List<EventId> ids = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      if (!ids.isEmpty() && random.nextInt(3) == 0) {
        EventId gone = ids.remove(random.nextInt(ids.size()));
        slots.remove(gone);
        expected.remove(gone);
      } else {
        Held held =
            new Held(
                Made.event(1 + random.nextInt(300), new Seen("a", "", "b", "", "x")),
                Verdict.UNSIGNED);
        slots.put(held);
        if (expected.put(held.event().id(), held) == null) {
          ids.add(held.event().id());
        }
      }
      assertThat(slots.size()).isEqualTo(expected.size());
    }
    for (long ts = 1; ts <= 300; ts++) {
      EventId id = Made.event(ts, new Seen("a", "", "b", "", "x")).id();
      assertThat(slots.get(id)).isSameAs(expected.get(id));
    }
  }
}
