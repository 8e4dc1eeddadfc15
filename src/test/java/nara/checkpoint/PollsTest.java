package nara.checkpoint;

import static nara.checkpoint.Ballots.CLAIM;
import static nara.checkpoint.Ballots.LISA;
import static nara.checkpoint.Ballots.NOW;
import static nara.checkpoint.Ballots.proposal;
import static nara.checkpoint.Ballots.voter;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import nara.checkpoint.Attestation.Moment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PollsTest {
  private final Polls polls = new Polls();

  @Test
  void a_proposal_is_voted_on_once_and_its_second_round_once() {
    assertThat(polls.enter(proposal(), NOW)).isEmpty();
    assertThat(polls.enter(proposal(), NOW)).contains(Refusal.REPLAYED);
    Proposal second = proposal(LISA, NOW, 2, CLAIM);
    assertThat(polls.enter(second, NOW)).isEmpty();
    assertThat(polls.enter(second, NOW)).contains(Refusal.REPLAYED);
    assertThat(polls.enter(proposal(LISA, NOW.minusSeconds(1), 2, CLAIM), NOW))
        .contains(Refusal.REPLAYED);
  }

  @Test
  void it_is_never_voted_on_again_however_late_it_is_published_anew() {
    Proposal ahead = proposal(LISA, NOW.plus(Polls.TOLERANCE), 1, CLAIM);
    assertThat(polls.enter(ahead, NOW)).isEmpty();

    for (int second = 0; second < 3_600; second++) {
      assertThat(polls.enter(ahead, NOW.plusSeconds(second))).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, Long.MAX_VALUE, 1_790_000_601L, 1_789_999_399L})
  void a_moment_that_is_not_now_is_stale(long asOfTime) {
    Attestation own =
        Attestation.by(LISA.identity(), new Moment(LISA.name(), LISA.id(), asOfTime), CLAIM);
    assertThat(polls.refusal(new Proposal(own, 1), NOW)).contains(Refusal.STALE);
  }

  @Test
  void who_proposes_somebody_else_is_refused() {
    Attestation about = Attestation.by(LISA.identity(), Ballots.momentOf(voter(1), NOW), CLAIM);
    assertThat(polls.refusal(new Proposal(about, 1), NOW)).contains(Refusal.NOT_ABOUT_ITSELF);
  }

  @Test
  void one_that_proposes_again_and_again_is_voted_on_a_few_times_and_later_again() {
    for (int i = 0; i < Polls.MOST_EACH; i++) {
      assertThat(polls.enter(proposal(LISA, NOW.plusSeconds(i), 1, CLAIM), NOW)).isEmpty();
    }
    assertThat(polls.enter(proposal(LISA, NOW.plusSeconds(9), 1, CLAIM), NOW))
        .contains(Refusal.TOO_MANY);
    assertThat(polls.enter(proposal(voter(1), NOW, 1, CLAIM), NOW)).isEmpty();

    Instant later = NOW.plus(Polls.MEMORY).plusSeconds(1);
    assertThat(polls.enter(proposal(LISA, later, 1, CLAIM), later)).isEmpty();
  }

  @Test
  void proposals_of_everybody_together_are_bounded() {
    for (int i = 0; i < Polls.MOST; i++) {
      assertThat(polls.enter(proposal(voter(i), NOW, 1, CLAIM), NOW)).isEmpty();
    }
    assertThat(polls.enter(proposal(), NOW)).contains(Refusal.TOO_MANY);
  }
}
