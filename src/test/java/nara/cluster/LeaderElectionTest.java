package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import nara.cluster.LeaderElection.ElectionAction.ReplaceLease;
import nara.cluster.LeaderElection.ElectionAction.StepDown;
import nara.cluster.LeaderElection.ElectionAction.Wait;
import nara.cluster.map.Lease;
import org.junit.jupiter.api.Test;

class LeaderElectionTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final LeaderElection mine = new LeaderElection("me", "me", Duration.ofSeconds(10));

  @Test
  void first_leader_has_term_1() {
    assertThat(mine.nextAction(true, 0, 0))
        .isEqualTo(new ReplaceLease(Optional.empty(), new Lease(1, 0, "me", "me")));
  }

  @Test
  void ineligible_member_does_not_take_the_lease() {
    assertThat(mine.nextAction(false, 0, 0)).isEqualTo(new Wait());
  }

  @Test
  void member_takes_a_lease_an_eighth_after_its_end_when_it_does_not_change() {
    mine.observe(Optional.of(new Lease(3, 7, "other", "other")), 0);
    assertThat(mine.nextAction(true, 3, 11 * SECOND)).isEqualTo(new Wait());
    mine.observe(Optional.of(new Lease(3, 8, "other", "other")), 11 * SECOND);
    assertThat(mine.nextAction(true, 3, 22 * SECOND)).isEqualTo(new Wait());
    assertThat(mine.nextAction(true, 3, 11 * SECOND + 11_250_000_001L))
        .isEqualTo(
            new ReplaceLease(
                Optional.of(new Lease(3, 8, "other", "other")), new Lease(4, 0, "me", "me")));
  }

  @Test
  void released_lease_is_taken_at_once() {
    mine.observe(Optional.of(new Lease(3, 7, "other", "other").released()), 0);
    assertThat(mine.nextAction(true, 3, 0)).isInstanceOf(ReplaceLease.class);
  }

  @Test
  void new_term_exceeds_all_seen_terms_when_the_lease_is_lost() {
    assertThat(((ReplaceLease) mine.nextAction(true, 9, 0)).replacement().term()).isEqualTo(10);
  }

  @Test
  void leader_steps_down_an_eighth_before_the_end_of_its_lease_when_it_cannot_renew() {
    mine.onReplaced(new Lease(1, 0, "me", "me"), 0);
    assertThat(mine.nextAction(true, 1, 8_750_000_000L)).isInstanceOf(ReplaceLease.class);
    assertThat(mine.nextAction(true, 1, 8_750_000_001L))
        .isEqualTo(new StepDown("could not renew the lease of term 1 in time; it ended 0.0 s ago"));
    assertThat(mine.leading()).isFalse();
  }

  @Test
  void leader_reports_how_long_its_lease_was_over_when_it_was_paused() {
    mine.onReplaced(new Lease(1, 0, "me", "me"), 0);
    assertThat(mine.nextAction(true, 1, 21 * SECOND))
        .isEqualTo(
            new StepDown("could not renew the lease of term 1 in time; it ended 12.3 s ago"));
  }

  @Test
  void leader_steps_down_when_it_sees_a_higher_term() {
    mine.onReplaced(new Lease(1, 0, "me", "me"), 0);
    assertThat(mine.nextAction(true, 2, SECOND))
        .isEqualTo(new StepDown("term 1 is over; the current term is 2"));
  }

  @Test
  void leader_steps_down_when_its_lease_was_taken_but_not_after_an_unseen_renewal() {
    mine.onReplaced(new Lease(1, 0, "me", "me"), 0);
    assertThat(mine.onNotReplaced(Optional.of(new Lease(1, 1, "me", "me")), SECOND))
        .isEqualTo(new Wait());
    assertThat(mine.leading()).isTrue();
    // The next renewal replaces it, but it does not extend the lease.
    assertThat(mine.nextAction(true, 1, 2 * SECOND))
        .isEqualTo(
            new ReplaceLease(
                Optional.of(new Lease(1, 1, "me", "me")), new Lease(1, 2, "me", "me")));
    assertThat(mine.nextAction(true, 1, 8_750_000_001L)).isInstanceOf(StepDown.class);
    mine.onReplaced(new Lease(1, 2, "me", "me"), 0);
    assertThat(mine.onNotReplaced(Optional.of(new Lease(2, 0, "other", "other")), SECOND))
        .isEqualTo(new StepDown("other took the lease of term 1 and leads in term 2"));
  }

  @Test
  void lease_survives_a_round_trip() {
    Lease lease = new Lease(3, 7, "id", "a name with spaces");
    assertThat(Lease.parse(lease.encoded())).contains(lease);
    assertThat(Lease.parse(lease.released().encoded())).contains(new Lease(3, 8, "", ""));
    assertThat(Lease.parse("null")).isEmpty();
    assertThat(Lease.parse("a b c d")).isEmpty();
  }
}
