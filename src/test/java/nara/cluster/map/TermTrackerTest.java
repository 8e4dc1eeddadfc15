package nara.cluster.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TermTrackerTest {
  private final TermTracker termTracker = new TermTracker();

  @Test
  void term_is_admitted_until_a_higher_one_is_seen() {
    assertThat(termTracker.admit(3)).isTrue();
    assertThat(termTracker.admit(3)).isTrue();
    termTracker.observe(4);
    assertThat(termTracker.admit(3)).isFalse();
    assertThat(termTracker.highest()).isEqualTo(4);
    assertThat(termTracker.refused()).isEqualTo(1);
  }

  @Test
  void term_of_a_lease_is_observed_when_the_lease_is_confirmed() {
    termTracker.observe(Optional.of(new Lease(3, 0, "one", "one")));
    assertThat(termTracker.highest()).isZero();
    termTracker.observe(Optional.of(new Lease(3, 0, "one", "one").renewed()));
    assertThat(termTracker.highest()).isEqualTo(3);
    termTracker.observe(Optional.of(new Lease(4, 0, "one", "one").released()));
    assertThat(termTracker.highest()).isEqualTo(4);
    termTracker.observe(Optional.empty());
    assertThat(termTracker.highest()).isEqualTo(4);
  }

  @Test
  void accepted_commands_are_counted_per_recent_term() {
    for (long term = 1; term <= 20; term++) {
      termTracker.countAccepted(term);
    }
    termTracker.countAccepted(20);
    assertThat(termTracker.accepted()).hasSize(16).containsAllEntriesOf(Map.of(20L, 2L, 5L, 1L));
  }
}
