package nara.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import nara.event.EventId;
import nara.mesh.MeshRequest.Stated;
import org.junit.jupiter.api.Test;

class CoverageTest {
  private final Coverage coverage = new Coverage();

  @Test
  void of_equal_peers_the_first_is_walked() {
    coverage.shown("a", 1, events(1, 40), false);
    coverage.shown("b", 1, events(1, 40), false);

    assertThat(coverage.walkers(List.of("a", "b"))).containsExactly("a");
  }

  @Test
  void whoever_has_what_no_other_showed_is_walked_too() {
    coverage.shown("most", 1, events(1, 100), false);
    coverage.shown("some", 1, events(61, 101), false);

    assertThat(coverage.walkers(List.of("some", "most"))).containsExactly("most", "some");
  }

  @Test
  void a_part_of_anothers_is_passed_over() {
    coverage.shown("all", 1, events(1, 100), false);
    coverage.shown("part", 1, events(20, 80), false);

    assertThat(coverage.walkers(List.of("part", "all"))).containsExactly("all");
  }

  @Test
  void whoever_showed_too_little_to_judge_by_is_walked() {
    coverage.shown("all", 1, events(1, 100), false);
    coverage.shown("little", 1, events(1, Coverage.EVIDENCE - 1), false);

    assertThat(coverage.walkers(List.of("all", "little", "unprobed")))
        .containsExactlyInAnyOrder("little", "unprobed", "all");
  }

  @Test
  void what_lies_behind_a_full_page_is_compared_with_nobody() {
    // The first page ended at 50, so that its peer may well hold what the other showed after it.
    coverage.shown("cut", 1, events(1, 50), true);
    coverage.shown("whole", 1, events(1, 100), false);

    assertThat(coverage.walkers(List.of("cut", "whole"))).containsExactly("cut");
  }

  @Test
  void a_full_page_that_ends_at_once_hides_nobody() {
    // It leaves nothing to compare, so that all are walked.
    coverage.shown("liar", 1, events(1, 1), true);
    coverage.shown("honest", 1, events(1, 100), false);

    assertThat(coverage.walkers(List.of("liar", "honest"))).containsExactly("liar", "honest");
  }

  /** One event at each time from first to last. */
  private static List<Stated> events(long first, long last) {
    return LongStream.rangeClosed(first, last)
        .mapToObj(at -> new Stated(at, new EventId(at, at)))
        .toList();
  }
}
