package nara.checkpoint.consensus;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.checkpoint.consensus.Attestation.Claim;
import nara.identity.PublicKey;

/**
 * One round of votes on a proposal of this node.
 *
 * <p>A voter is a key, not a name or an id: one key may be known under several ids. Only the first
 * vote of a key counts. The caller verifies the signature of a vote before it counts it.
 *
 * <p>Not thread-safe.
 */
final class Election {
  /** A checkpoint has room for ten signatures. */
  static final int MAX_VOTES = 100;

  private final Proposal proposal;
  private final PublicKey proposer;
  private final Map<PublicKey, Vote> votes = new LinkedHashMap<>();

  Election(Proposal proposal, PublicKey proposer) {
    this.proposal = proposal;
    this.proposer = proposer;
  }

  Proposal proposal() {
    return proposal;
  }

  /** Why a vote would not be counted; empty when it would. */
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

  /** Counts a vote; returns why it was not counted, or nothing. */
  Optional<RejectReason> count(Vote vote, PublicKey voter) {
    Optional<RejectReason> reason = rejectReason(vote, voter);
    if (reason.isEmpty()) {
      votes.put(voter, vote);
    }
    return reason;
  }

  /** The claim that enough voters make so far. */
  Optional<Claim> agreedClaim() {
    return VoteCounting.agreedClaim(proposal, votes.values());
  }

  List<Vote> votes() {
    return List.copyOf(votes.values());
  }
}
