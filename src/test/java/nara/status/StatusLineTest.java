package nara.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import nara.discovery.Neighbour;
import nara.testing.TestFacts;
import nara.testing.TestStatus;
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
}
