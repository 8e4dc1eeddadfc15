package nara.ledger.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nara.event.EventId;
import nara.event.Seen;
import nara.event.Verdict;
import nara.ledger.TestEvents;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class EventTableProperties {
  @Property(tries = 100)
  void event_table_behaves_like_a_map_by_id(
      @ForAll Random random, @ForAll @IntRange(max = 2_000) int steps) {
    EventTable<EventId> table = EventTable.byId();
    Map<EventId, StoredEvent> expected = new HashMap<>();
    List<EventId> ids = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      if (!ids.isEmpty() && random.nextInt(3) == 0) {
        EventId gone = ids.remove(random.nextInt(ids.size()));
        table.remove(gone);
        expected.remove(gone);
      } else {
        StoredEvent event =
            StoredEvent.of(
                TestEvents.event(1 + random.nextInt(300), new Seen("a", "", "b", "", "x")),
                Verdict.UNSIGNED);
        table.put(event.event().id(), event);
        if (expected.put(event.event().id(), event) == null) {
          ids.add(event.event().id());
        }
      }
      assertThat(table.size()).isEqualTo(expected.size());
    }
    for (long ts = 1; ts <= 300; ts++) {
      EventId id = TestEvents.event(ts, new Seen("a", "", "b", "", "x")).id();
      assertThat(table.get(id)).isSameAs(expected.get(id));
    }
  }
}
