package nara.checkpoint.consensus;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.checkpoint.consensus.Attestation.Claim;
import nara.identity.PublicKey;

/**
 * One round of votes on a proposal of this node's own.
 *
 * <p>A voter is a key, not a name or an id: ids are somebody's word, and one key may be told under
 * several. The first vote of a key counts, whatever follows. Whether the vote is signed with that
 * key is checked before it is counted, by whoever counts.
 *
 * <p>Not safe for use from several threads.
 */
final class Election {
  /** Votes counted, at most; a checkpoint has room for ten signatures. */
  static final int MAX_VOTES = 100;

  private final Proposal proposal;
  private final PublicKey proposer;
  private final Map<PublicKey, Vote> votes = new LinkedHashMap<>();

  /** An election without votes. */
  Election(Proposal proposal, PublicKey proposer) {
    this.proposal = proposal;
    this.proposer = proposer;
  }

  Proposal proposal() {
    return proposal;
  }

  /** Why this vote of that key's would not be counted; empty when it would. */
  Optional<RejectReason> rejectReason(Vote vote, PublicKey voter) {
    boolean matchesProposal =
        vote.attestation().subjectAsOf().equals(proposal.attestation().subjectAsOf())
            && vote.proposalTime() == proposal.attestation().asOfTime()
            && vote.round() == proposal.round();
    if (!matchesProposal) {
      return Optional.of(RejectReason.NOT_ASKED);
    }
    if (voter.equals(proposer) || votes.containsKey(voter)) {
      return Optional.of(RejectReason.VOTED_ALREADY);
    }
    return votes.size() >= MAX_VOTES ? Optional.of(RejectReason.TOO_MANY) : Optional.empty();
  }

  /**
   * Counts a vote whose signature is that key's.
   *
   * @return why it was not counted; empty when it was
   */
  Optional<RejectReason> count(Vote vote, PublicKey voter) {
    Optional<RejectReason> rejectReason = rejectReason(vote, voter);
    if (rejectReason.isEmpty()) {
      votes.put(voter, vote);
    }
    return rejectReason;
  }

  /** The claim that enough voters make so far. */
  Optional<Claim> agreedClaim() {
    return VoteCounting.agreedClaim(proposal, votes.values());
  }

  /** The votes so far. */
  List<Vote> votes() {
    return new ArrayList<>(votes.values());
  }
}
