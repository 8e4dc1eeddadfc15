package nara.checkpoint.consensus;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import nara.checkpoint.consensus.Attestation.Claim;
import nara.event.Checkpoint;
import nara.event.Checkpoint.AgreedValues;
import nara.ledger.TrimmedMean;

/**
 * What a set of votes decides, by the wire contract's rules. Each voter stands among the votes
 * once; their order makes no difference.
 */
final class VoteCounting {
  /** Votes that must agree, beside the proposer. */
  static final int VOTE_QUORUM = 5;

  /** Signatures of one checkpoint, at most. */
  static final int MAX_SIGNATURES = 10;

  /** Of groups of one size: whoever the proposer agrees with, then always the same one. */
  private static final Comparator<Claim> BY_VALUES =
      Comparator.<Claim>comparingLong(claim -> claim.agreedValues().restarts())
          .thenComparingLong(claim -> claim.agreedValues().totalUptime())
          .thenComparingLong(claim -> claim.agreedValues().startTime())
          .thenComparing(Claim::previousCheckpointId);

  private VoteCounting() {}

  /** The claim that the largest group of enough voters makes; empty when no group is enough. */
  static Optional<Claim> agreedClaim(Proposal proposal, Collection<Vote> votes) {
    Map<Claim, Integer> sizes = new HashMap<>();
    for (Vote vote : votes) {
      sizes.merge(vote.attestation().claim(), 1, Integer::sum);
    }
    Claim proposed = proposal.attestation().claim();
    return sizes.keySet().stream()
        .filter(claim -> sizes.get(claim) >= VOTE_QUORUM)
        .max(
            Comparator.<Claim>comparingInt(sizes::get)
                .thenComparing(proposed::equals)
                .thenComparing(BY_VALUES));
  }

  /** The trimmed means of what the votes say, for a second round. */
  static AgreedValues trimmedMeans(Collection<Vote> votes) {
    return new AgreedValues(
        trimmedMean(votes, AgreedValues::restarts),
        trimmedMean(votes, AgreedValues::totalUptime),
        trimmedMean(votes, AgreedValues::startTime));
  }

  private static long trimmedMean(Collection<Vote> votes, ToLongFunction<AgreedValues> value) {
    return TrimmedMean.of(
        votes.stream()
            .map(vote -> vote.attestation().claim().agreedValues())
            .mapToLong(value)
            .toArray());
  }

  /**
   * The checkpoint of a claim: the proposer's signature first when it claims the same, then those
   * of the voters who do, the longest online first.
   *
   * @param uptimeOf a voter's total uptime, by its id
   */
  static Checkpoint checkpoint(
      Claim agreed, Proposal proposal, Collection<Vote> votes, ToLongFunction<String> uptimeOf) {
    List<Attestation> signers = new ArrayList<>();
    if (proposal.attestation().claim().equals(agreed)) {
      signers.add(proposal.attestation());
    }
    votes.stream()
        .map(Vote::attestation)
        .filter(attestation -> attestation.claim().equals(agreed))
        .sorted(
            Comparator.<Attestation>comparingLong(vote -> -uptimeOf.applyAsLong(vote.attesterId()))
                .thenComparing(Attestation::attesterId))
        .limit(MAX_SIGNATURES - signers.size())
        .forEach(signers::add);
    Attestation own = proposal.attestation();
    return new Checkpoint(
        Attestation.VERSION,
        own.subject(),
        own.subjectId(),
        agreed.previousCheckpointId(),
        agreed.agreedValues(),
        own.asOfTime(),
        proposal.round(),
        signers.stream().map(Attestation::attesterId).toList(),
        signers.stream().map(Attestation::signature).toList());
  }
}
