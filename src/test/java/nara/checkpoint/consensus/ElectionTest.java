package nara.checkpoint.consensus;

import static nara.checkpoint.consensus.Ballots.CLAIM;
import static nara.checkpoint.consensus.Ballots.LISA;
import static nara.checkpoint.consensus.Ballots.NOW;
import static nara.checkpoint.consensus.Ballots.proposal;
import static nara.checkpoint.consensus.Ballots.restarts;
import static nara.checkpoint.consensus.Ballots.vote;
import static nara.checkpoint.consensus.Ballots.voter;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import nara.checkpoint.consensus.Attestation.Claim;
import nara.event.Checkpoint;
import nara.event.Checkpoint.AgreedValues;
import org.junit.jupiter.api.Test;

class ElectionTest {
  private static final String REFERENCE = "0123456789abcdef0123456789abcdef";
  private final Proposal proposal = proposal();
  private final Election election = new Election(proposal, LISA.key());

  @Test
  void claim_is_agreed_on_when_five_votes_are_equal() {
    for (int i = 1; i <= 5; i++) {
      assertThat(election.agreedClaim()).isEmpty();
      assertThat(election.count(vote(voter(i), proposal, CLAIM), voter(i).key())).isEmpty();
    }
    assertThat(election.agreedClaim()).contains(CLAIM);
  }

  @Test
  void equal_values_on_different_checkpoints_do_not_agree() {
    for (int i = 1; i <= 8; i++) {
      Claim claim = i % 2 == 0 ? CLAIM : new Claim(CLAIM.agreedValues(), REFERENCE);
      election.count(vote(voter(i), proposal, claim), voter(i).key());
    }
    assertThat(election.agreedClaim()).isEmpty();
  }

  @Test
  void key_with_two_ids_has_one_vote() {
    assertThat(election.count(vote(voter(1), proposal, CLAIM), voter(1).key())).isEmpty();
    assertThat(election.count(vote(voter(2), proposal, CLAIM), voter(1).key()))
        .contains(RejectReason.VOTED_ALREADY);
  }

  @Test
  void vote_of_the_proposer_is_rejected() {
    assertThat(election.count(vote(LISA, proposal, CLAIM), LISA.key()))
        .contains(RejectReason.VOTED_ALREADY);
  }

  @Test
  void votes_on_another_time_round_or_subject_are_rejected() {
    Proposal earlier = proposal(LISA, NOW.minusSeconds(1), 1, CLAIM);
    Proposal later = proposal(LISA, NOW, 2, CLAIM);
    Proposal others = proposal(voter(7), NOW, 1, CLAIM);
    Vote good = vote(voter(1), proposal, CLAIM);
    List<Vote> votes =
        List.of(
            vote(voter(1), earlier, CLAIM),
            vote(voter(1), later, CLAIM),
            vote(voter(1), others, CLAIM),
            new Vote(good.attestation(), good.proposalTime() - 1, 1, true),
            new Vote(good.attestation(), good.proposalTime(), 2, true));

    assertThat(votes)
        .allSatisfy(
            vote ->
                assertThat(election.count(vote, voter(1).key())).contains(RejectReason.NOT_ASKED));
    assertThat(election.votes()).isEmpty();
  }

  @Test
  void votes_beyond_the_limit_are_rejected() {
    for (int i = 0; i < Election.MAX_VOTES; i++) {
      assertThat(election.count(vote(voter(i), proposal, restarts(i)), voter(i).key())).isEmpty();
    }
    assertThat(election.count(vote(voter(1_000), proposal, CLAIM), voter(1_000).key()))
        .contains(RejectReason.TOO_MANY);
  }

  @Test
  void longest_uptimes_sign_first_and_a_disagreeing_proposer_does_not_sign() {
    Claim other = new Claim(new AgreedValues(40, 5, 6), REFERENCE);
    List<Vote> votes =
        IntStream.rangeClosed(1, 12).mapToObj(i -> vote(voter(i), proposal, other)).toList();

    Checkpoint checkpoint =
        VoteCounting.checkpoint(
            other,
            proposal,
            votes,
            id -> id.equals(voter(9).id()) ? 7 : id.equals(voter(4).id()) ? 5 : 0);

    assertThat(checkpoint.voterIds()).hasSize(10).startsWith(voter(9).id(), voter(4).id());
    assertThat(checkpoint.voterIds()).doesNotContain(LISA.id());
    assertThat(checkpoint.previousCheckpointId()).isEqualTo(REFERENCE);
    assertThat(checkpoint.agreedValues()).isEqualTo(other.agreedValues());
    assertThat(checkpoint.subject()).isEqualTo("lisa");
    assertThat(checkpoint.asOfTime()).isEqualTo(NOW.getEpochSecond());
  }

  @Test
  void near_values_are_approved_and_far_values_get_the_voters_own_claim() {
    AgreedValues s = CLAIM.agreedValues();
    AgreedValues near =
        new AgreedValues(s.restarts() + 5, s.totalUptime() - 60, s.startTime() + 60);
    Vote approving = VotePolicy.vote(proposal, new Claim(near, REFERENCE), voter(1).identity());
    assertThat(approving.approved()).isTrue();
    assertThat(approving.attestation().claim()).isEqualTo(new Claim(s, REFERENCE));

    for (AgreedValues far :
        List.of(
            new AgreedValues(s.restarts() + 6, s.totalUptime(), s.startTime()),
            new AgreedValues(s.restarts(), s.totalUptime() + 61, s.startTime()),
            new AgreedValues(s.restarts(), s.totalUptime(), s.startTime() - 61))) {
      Vote own = VotePolicy.vote(proposal, new Claim(far, ""), voter(1).identity());
      assertThat(own.approved()).isFalse();
      assertThat(own.attestation().claim()).isEqualTo(new Claim(far, ""));
      assertThat(own.attestation().subjectAsOf()).isEqualTo(proposal.attestation().subjectAsOf());
    }
  }
}
