package nara.checkpoint.consensus;

import static nara.checkpoint.consensus.Ballots.CLAIM;
import static nara.checkpoint.consensus.Ballots.LISA;
import static nara.checkpoint.consensus.Ballots.NOW;
import static nara.checkpoint.consensus.Ballots.proposal;
import static nara.checkpoint.consensus.Ballots.voter;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import nara.checkpoint.consensus.Attestation.SubjectAsOf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenProposalsTest {
  private final OpenProposals proposals = new OpenProposals();

  @Test
  void each_round_of_a_proposal_gets_one_vote() {
    assertThat(proposals.add(proposal(), NOW)).isEmpty();
    assertThat(proposals.add(proposal(), NOW)).contains(RejectReason.REPLAYED);
    Proposal second = proposal(LISA, NOW, 2, CLAIM);
    assertThat(proposals.add(second, NOW)).isEmpty();
    assertThat(proposals.add(second, NOW)).contains(RejectReason.REPLAYED);
    assertThat(proposals.add(proposal(LISA, NOW.minusSeconds(1), 2, CLAIM), NOW))
        .contains(RejectReason.REPLAYED);
  }

  @Test
  void proposal_gets_no_second_vote_when_it_is_published_again_later() {
    Proposal ahead = proposal(LISA, NOW.plus(OpenProposals.CLOCK_TOLERANCE), 1, CLAIM);
    assertThat(proposals.add(ahead, NOW)).isEmpty();

    for (int second = 0; second < 3_600; second++) {
      assertThat(proposals.add(ahead, NOW.plusSeconds(second))).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, Long.MAX_VALUE, 1_790_000_601L, 1_789_999_399L})
  void proposal_of_another_time_is_stale(long asOfTime) {
    Attestation own =
        Attestation.sign(LISA.identity(), new SubjectAsOf(LISA.name(), LISA.id(), asOfTime), CLAIM);
    assertThat(proposals.rejectReason(new Proposal(own, 1), NOW)).contains(RejectReason.STALE);
  }

  @Test
  void proposal_about_another_subject_is_rejected() {
    Attestation about =
        Attestation.sign(LISA.identity(), Ballots.subjectAsOf(voter(1), NOW), CLAIM);
    assertThat(proposals.rejectReason(new Proposal(about, 1), NOW))
        .contains(RejectReason.NOT_ABOUT_ITSELF);
  }

  @Test
  void repeated_proposals_of_one_subject_are_limited_until_retention_ends() {
    for (int i = 0; i < OpenProposals.MAX_PER_SUBJECT; i++) {
      assertThat(proposals.add(proposal(LISA, NOW.plusSeconds(i), 1, CLAIM), NOW)).isEmpty();
    }
    assertThat(proposals.add(proposal(LISA, NOW.plusSeconds(9), 1, CLAIM), NOW))
        .contains(RejectReason.TOO_MANY);
    assertThat(proposals.add(proposal(voter(1), NOW, 1, CLAIM), NOW)).isEmpty();

    Instant later = NOW.plus(OpenProposals.RETENTION).plusSeconds(1);
    assertThat(proposals.add(proposal(LISA, later, 1, CLAIM), later)).isEmpty();
  }

  @Test
  void proposals_of_all_subjects_are_limited() {
    for (int i = 0; i < OpenProposals.MAX_PROPOSALS; i++) {
      assertThat(proposals.add(proposal(voter(i), NOW, 1, CLAIM), NOW)).isEmpty();
    }
    assertThat(proposals.add(proposal(), NOW)).contains(RejectReason.TOO_MANY);
  }
}
