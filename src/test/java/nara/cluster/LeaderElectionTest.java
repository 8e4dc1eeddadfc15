package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import nara.cluster.LeaderElection.ElectionAction;
import nara.cluster.map.Lease;
import org.junit.jupiter.api.Test;

class LeaderElectionTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final LeaderElection mine = new LeaderElection("me", "me", Duration.ofSeconds(10));

  @Test
  void first_leader_has_term_1() {
    assertThat(mine.nextAction(true, 0, 0))
        .isEqualTo(new ElectionAction.ReplaceLease(Optional.empty(), new Lease(1, 0, "me", "me")));
  }

  @Test
  void ineligible_member_does_not_take_the_lease() {
    assertThat(mine.nextAction(false, 0, 0)).isEqualTo(new ElectionAction.Wait());
  }

  @Test
  void a_lease_that_changes_is_waited_for_and_one_that_does_not_is_taken_an_eighth_after_its_end() {
    mine.observe(Optional.of(new Lease(3, 7, "other", "other")), 0);
    assertThat(mine.nextAction(true, 3, 11 * SECOND)).isEqualTo(new ElectionAction.Wait());
    mine.observe(Optional.of(new Lease(3, 8, "other", "other")), 11 * SECOND);
    assertThat(mine.nextAction(true, 3, 22 * SECOND)).isEqualTo(new ElectionAction.Wait());
    assertThat(mine.nextAction(true, 3, 11 * SECOND + 11_250_000_001L))
        .isEqualTo(
            new ElectionAction.ReplaceLease(
                Optional.of(new Lease(3, 8, "other", "other")), new Lease(4, 0, "me", "me")));
  }

  @Test
  void released_lease_is_taken_at_once() {
    mine.observe(Optional.of(new Lease(3, 7, "other", "other").released()), 0);
    assertThat(mine.nextAction(true, 3, 0)).isInstanceOf(ElectionAction.ReplaceLease.class);
  }

  @Test
  void a_term_is_above_all_that_were_heard_of_even_when_the_entry_is_lost() {
    assertThat(((ElectionAction.ReplaceLease) mine.nextAction(true, 9, 0)).replacement().term())
        .isEqualTo(10);
  }

  @Test
  void a_leader_steps_down_an_eighth_before_a_lease_that_it_cannot_renew() {
    mine.onReplaced(new Lease(1, 0, "me", "me"), 0);
    assertThat(mine.nextAction(true, 1, 8_750_000_000L))
        .isInstanceOf(ElectionAction.ReplaceLease.class);
    assertThat(mine.nextAction(true, 1, 8_750_000_001L))
        .isEqualTo(
            new ElectionAction.StepDown(
                "its lease of term 1 could not be renewed in time and ended 0.0 s ago"));
    assertThat(mine.leading()).isFalse();
  }

  @Test
  void a_leader_that_stood_still_says_for_how_long_its_lease_was_over() {
    mine.onReplaced(new Lease(1, 0, "me", "me"), 0);
    assertThat(mine.nextAction(true, 1, 21 * SECOND))
        .isEqualTo(
            new ElectionAction.StepDown(
                "its lease of term 1 could not be renewed in time and ended 12.3 s ago"));
  }

  @Test
  void a_leader_steps_down_when_it_hears_of_a_higher_term() {
    mine.onReplaced(new Lease(1, 0, "me", "me"), 0);
    assertThat(mine.nextAction(true, 2, SECOND))
        .isEqualTo(new ElectionAction.StepDown("its term 1 is over: term 2 leads"));
  }

  @Test
  void a_leader_steps_down_when_its_lease_was_taken_and_not_when_a_renewal_came_through_unseen() {
    mine.onReplaced(new Lease(1, 0, "me", "me"), 0);
    assertThat(mine.onNotReplaced(Optional.of(new Lease(1, 1, "me", "me")), SECOND))
        .isEqualTo(new ElectionAction.Wait());
    assertThat(mine.leading()).isTrue();
    // It is the entry to go on from, and does not make the lease longer.
    assertThat(mine.nextAction(true, 1, 2 * SECOND))
        .isEqualTo(
            new ElectionAction.ReplaceLease(
                Optional.of(new Lease(1, 1, "me", "me")), new Lease(1, 2, "me", "me")));
    assertThat(mine.nextAction(true, 1, 8_750_000_001L))
        .isInstanceOf(ElectionAction.StepDown.class);
    mine.onReplaced(new Lease(1, 2, "me", "me"), 0);
    assertThat(mine.onNotReplaced(Optional.of(new Lease(2, 0, "other", "other")), SECOND))
        .isEqualTo(
            new ElectionAction.StepDown("its lease of term 1 was taken: other leads in term 2"));
  }

  @Test
  void a_lease_is_read_as_it_was_written() {
    Lease lease = new Lease(3, 7, "id", "a name with spaces");
    assertThat(Lease.parse(lease.encoded())).contains(lease);
    assertThat(Lease.parse(lease.released().encoded())).contains(new Lease(3, 8, "", ""));
    assertThat(Lease.parse("null")).isEmpty();
    assertThat(Lease.parse("a b c d")).isEmpty();
  }
}
