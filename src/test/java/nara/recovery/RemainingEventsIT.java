package nara.recovery;

import static nara.testing.TestNode.withPeers;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import nara.demo.Corpus;
import nara.recovery.RecoveryNotification.RecoveryProgressed;
import nara.testing.TestNode;
import org.junit.jupiter.api.Test;

/** The progress of a recovery tells how many events are still to come, and never invents one. */
class RemainingEventsIT {
  @Test
  void remaining_events_are_known_from_the_ledgers_sketch_and_fall() {
    List<byte[]> events = Corpus.generate(8_000, 20, 7, Instant.now().minusSeconds(3_600)).events();
    List<RecoveryProgressed> progress = Collections.synchronizedList(new ArrayList<>());
    try (TestNode elder = TestNode.holding("elder", events);
        TestNode node =
            TestNode.start("fresh", List.of(), withPeers(elder.configuredPeer()), progress::add)) {
      assertThat(node.report().outcome()).isEqualTo("complete");
    }
    List<Long> remaining =
        progress.stream()
            .filter(each -> each.remainingEvents().isPresent())
            .map(each -> each.remainingEvents().getAsLong())
            .toList();

    assertThat(remaining).isNotEmpty().allMatch(left -> left <= events.size());
    assertThat(remaining.getFirst()).isGreaterThan(4_000);
    // The outcome of the last request ends the stage, so no progress tells zero.
    assertThat(remaining.getLast()).isLessThan(remaining.getFirst());
  }
}
