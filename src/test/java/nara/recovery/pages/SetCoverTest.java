package nara.recovery.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import nara.event.EventId;
import nara.mesh.client.MeshRequest.EventRef;
import org.junit.jupiter.api.Test;

class SetCoverTest {
  private final SetCover cover = new SetCover();

  @Test
  void of_equal_peers_the_first_is_walked() {
    cover.addProbe("a", 1, events(1, 40), false);
    cover.addProbe("b", 1, events(1, 40), false);

    assertThat(cover.selectPeers(List.of("a", "b"))).containsExactly("a");
  }

  @Test
  void peer_with_unique_events_is_walked_too() {
    cover.addProbe("most", 1, events(1, 100), false);
    cover.addProbe("some", 1, events(61, 101), false);

    assertThat(cover.selectPeers(List.of("some", "most"))).containsExactly("most", "some");
  }

  @Test
  void peer_covered_by_another_is_skipped() {
    cover.addProbe("all", 1, events(1, 100), false);
    cover.addProbe("part", 1, events(20, 80), false);

    assertThat(cover.selectPeers(List.of("part", "all"))).containsExactly("all");
  }

  @Test
  void peer_with_too_small_sample_is_walked() {
    cover.addProbe("all", 1, events(1, 100), false);
    cover.addProbe("little", 1, events(1, PagesLimits.MIN_COMPARABLE_EVENTS - 1), false);

    assertThat(cover.selectPeers(List.of("all", "little", "unprobed")))
        .containsExactlyInAnyOrder("little", "unprobed", "all");
  }

  @Test
  void range_behind_a_full_page_is_not_compared() {
    // The first page ended at 50, so that its peer may well hold what the other showed after it.
    cover.addProbe("cut", 1, events(1, 50), true);
    cover.addProbe("whole", 1, events(1, 100), false);

    assertThat(cover.selectPeers(List.of("cut", "whole"))).containsExactly("cut");
  }

  @Test
  void a_full_page_that_ends_at_once_hides_nobody() {
    // It leaves nothing to compare, so that all are walked.
    cover.addProbe("liar", 1, events(1, 1), true);
    cover.addProbe("honest", 1, events(1, 100), false);

    assertThat(cover.selectPeers(List.of("liar", "honest"))).containsExactly("liar", "honest");
  }

  /** One event at each time from first to last. */
  private static List<EventRef> events(long first, long last) {
    return LongStream.rangeClosed(first, last)
        .mapToObj(at -> new EventRef(at, new EventId(at, at)))
        .toList();
  }
}
