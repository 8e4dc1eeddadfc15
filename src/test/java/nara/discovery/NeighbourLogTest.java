package nara.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nara.discovery.NeighbourLog.Change;
import org.junit.jupiter.api.Test;

class NeighbourLogTest {
  private final List<String> lines = new ArrayList<>();
  private Instant now = Instant.EPOCH;
  private final NeighbourLog log = new NeighbourLog(lines::add, () -> now);

  @Test
  void each_change_is_one_line() {
    log.log("bart", Change.CAME);
    log.log("bart", Change.LEFT);
    log.log("lisa", Change.LOST);

    assertThat(lines)
        .containsExactly(
            "A neighbour came; name=bart",
            "A neighbour left; name=bart",
            "A neighbour is lost: it does not answer any more; name=lisa");
  }

  @Test
  void a_flood_of_names_is_a_few_lines() {
    for (int i = 0; i < 1_000; i++) {
      log.log("n" + i, Change.CAME);
    }
    assertThat(lines).hasSize(NeighbourLog.MAX_LINES);
    now = now.plus(Duration.ofMinutes(1));
    log.log("bart", Change.CAME);

    assertThat(lines.getLast()).isEqualTo("A neighbour came; name=bart suppressed=980");
  }
}
