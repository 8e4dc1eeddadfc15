package nara.cluster.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TermTrackerTest {
  private final TermTracker tracker = new TermTracker();

  @Test
  void term_is_admitted_until_a_higher_one_is_seen() {
    assertThat(tracker.admit(3)).isTrue();
    assertThat(tracker.admit(3)).isTrue();
    tracker.observe(4);
    assertThat(tracker.admit(3)).isFalse();
    assertThat(tracker.highest()).isEqualTo(4);
    assertThat(tracker.refused()).isEqualTo(1);
  }

  @Test
  void term_of_a_lease_is_observed_when_the_lease_is_confirmed() {
    tracker.observe(Optional.of(new Lease(3, 0, "one", "one")));
    assertThat(tracker.highest()).isZero();
    tracker.observe(Optional.of(new Lease(3, 0, "one", "one").renewed()));
    assertThat(tracker.highest()).isEqualTo(3);
    tracker.observe(Optional.of(new Lease(4, 0, "one", "one").released()));
    assertThat(tracker.highest()).isEqualTo(4);
    tracker.observe(Optional.empty());
    assertThat(tracker.highest()).isEqualTo(4);
  }

  @Test
  void accepted_commands_are_counted_per_recent_term() {
    for (long term = 1; term <= 20; term++) {
      tracker.countAccepted(term);
    }
    tracker.countAccepted(20);
    assertThat(tracker.accepted()).hasSize(16).containsAllEntriesOf(Map.of(20L, 2L, 5L, 1L));
  }
}
