package nara.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.discovery.Neighbour;
import nara.testing.RecordCopy;
import nara.testing.TestFacts;
import nara.testing.TestStatus;
import nara.trust.TrustRequest.TrustTotals;
import org.junit.jupiter.api.Test;

class StatusLineTest {
  @Test
  void line_has_keys_and_values() {
    Neighbour online = new Neighbour("bart", "", "", Optional.empty(), Set.of(), true);
    Neighbour offline = new Neighbour("moe", "", "", Optional.empty(), Set.of(), false);
    NodeStatus status = TestStatus.of(TestFacts.plain(), List.of(online, offline));

    assertThat(StatusLine.of(status, Optional.of(status), 300L << 20))
        .isEqualTo(
            "stage=\"starting\" received=0 to_come=unknown neighbours_online=1 ledger_events=0"
                + " events_per_second=0 memory_mb=300");
  }

  @Test
  void first_line_counts_events_a_second_from_the_start_and_later_ones_from_the_line_before() {
    NodeFacts facts = TestFacts.plain();
    NodeStatus first = statusAfter(facts, 60, 6_000);
    NodeStatus second = statusAfter(facts, 120, 36_000);

    assertThat(StatusLine.of(first, Optional.empty(), 0)).contains(" events_per_second=100 ");
    assertThat(StatusLine.of(second, Optional.of(first), 0)).contains(" events_per_second=500 ");
  }

  private static NodeStatus statusAfter(NodeFacts facts, long seconds, long received) {
    NodeStatus status = TestStatus.of(facts, List.of());
    return RecordCopy.with(
        RecordCopy.with(status, "at", facts.startedAt().plusSeconds(seconds)),
        "trust",
        Optional.of(new TrustTotals(Map.of(), received, 0, 0, 0, 0, 0, 0, 0)));
  }
}
