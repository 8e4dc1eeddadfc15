package nara.checkpoint.consensus;

import static nara.checkpoint.consensus.Ballots.CLAIM;
import static nara.checkpoint.consensus.Ballots.LISA;
import static nara.checkpoint.consensus.Ballots.proposal;
import static nara.checkpoint.consensus.Ballots.restarts;
import static nara.checkpoint.consensus.Ballots.vote;
import static nara.checkpoint.consensus.Ballots.voter;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import nara.checkpoint.consensus.Attestation.Claim;
import nara.event.Checkpoint;
import nara.testing.Citizen;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class VoteCountingProperties {
  private static final Proposal PROPOSAL = proposal();
  private static final List<Citizen> VOTERS =
      IntStream.range(0, 16).mapToObj(Ballots::voter).toList();

  /** Cached, because signing is slow and there are few different votes. */
  private static final Map<String, Vote> SIGNED = new HashMap<>();

  private static Vote signedVote(int voter, int restarts) {
    return SIGNED.computeIfAbsent(
        voter + " " + restarts, absent -> vote(VOTERS.get(voter), PROPOSAL, restarts(restarts)));
  }

  private static List<Vote> votes(List<Integer> restarts) {
    return IntStream.range(0, restarts.size())
        .mapToObj(i -> signedVote(i, restarts.get(i)))
        .toList();
  }

  private static Checkpoint formed(Claim agreed, List<Vote> votes) {
    return VoteCounting.checkpoint(agreed, PROPOSAL, votes, id -> id.charAt(0) % 3);
  }

  @Property(tries = 500)
  void result_does_not_depend_on_the_order_of_votes(
      @ForAll @Size(max = 16) List<@IntRange(min = 2, max = 4) Integer> restarts,
      @ForAll long seed) {
    List<Vote> votes = votes(restarts);
    List<Vote> shuffled = new ArrayList<>(votes);
    Collections.shuffle(shuffled, new Random(seed));

    Optional<Claim> agreed = VoteCounting.agreedClaim(PROPOSAL, votes);
    assertThat(VoteCounting.agreedClaim(PROPOSAL, shuffled)).isEqualTo(agreed);
    assertThat(VoteCounting.trimmedMeans(shuffled)).isEqualTo(VoteCounting.trimmedMeans(votes));
    agreed.ifPresent(claim -> assertThat(formed(claim, shuffled)).isEqualTo(formed(claim, votes)));
  }

  @Property(tries = 500)
  void agreed_claim_has_a_quorum_and_the_most_votes(
      @ForAll @Size(max = 16) List<@IntRange(min = 2, max = 4) Integer> restarts) {
    Optional<Claim> agreed = VoteCounting.agreedClaim(PROPOSAL, votes(restarts));
    int most =
        IntStream.rangeClosed(2, 4).map(n -> Collections.frequency(restarts, n)).max().orElse(0);

    assertThat(agreed.isPresent()).isEqualTo(most >= 5);
    agreed.ifPresent(
        claim -> {
          int said = (int) claim.agreedValues().restarts();
          assertThat(Collections.frequency(restarts, said)).isEqualTo(most);
          // Of equal groups the proposer's claim wins.
          if (Collections.frequency(restarts, 3) == most) {
            assertThat(claim).isEqualTo(CLAIM);
          }
        });
  }

  @Property(tries = 300)
  void voter_counts_once_despite_repeated_or_conflicting_votes(
      @ForAll @Size(max = 40) List<@IntRange(max = 23) Integer> votes) {
    Election election = new Election(PROPOSAL, LISA.key());
    LinkedHashSet<Integer> voters = new LinkedHashSet<>();
    for (int vote : votes) {
      // Eight voters, each with three different votes.
      int voter = vote % 8;
      Optional<RejectReason> reason =
          election.count(signedVote(voter, 2 + vote / 8), VOTERS.get(voter).key());
      boolean first = voters.add(voter);
      assertThat(reason.isEmpty()).isEqualTo(first);
    }

    assertThat(election.votes()).hasSize(voters.size());
    assertThat(election.votes().stream().map(vote -> vote.attestation().attesterId()))
        .doesNotHaveDuplicates();
  }

  @Property(tries = 300)
  void checkpoint_has_at_most_ten_valid_signatures_and_the_proposers_is_first(
      @ForAll @Size(min = 5, max = 16) List<@IntRange(min = 3, max = 4) Integer> restarts) {
    List<Vote> votes = votes(restarts);
    VoteCounting.agreedClaim(PROPOSAL, votes)
        .ifPresent(
            claim -> {
              Checkpoint checkpoint = formed(claim, votes);
              boolean own = claim.equals(CLAIM);
              int agreeing = Collections.frequency(restarts, (int) claim.agreedValues().restarts());

              assertThat(checkpoint.validationError()).isEmpty();
              assertThat(checkpoint.voterIds())
                  .hasSize(Math.min(10, agreeing + (own ? 1 : 0)))
                  .doesNotHaveDuplicates();
              assertThat(checkpoint.voterIds().getFirst().equals(LISA.id())).isEqualTo(own);
              for (int i = 0; i < checkpoint.voterIds().size(); i++) {
                Citizen signer = citizen(checkpoint.voterIds().get(i));
                String text = checkpoint.attestation(signer.id());
                assertThat(checkpoint.signatures().get(i))
                    .isEqualTo(signer.identity().keys().signBase64(text.getBytes()));
              }
            });
  }

  private static Citizen citizen(String id) {
    return VOTERS.stream().filter(each -> each.id().equals(id)).findFirst().orElse(LISA);
  }
}
