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
 * Decides a round by its votes, by the rules of the wire contract. Each voter has one vote; the
 * order of the votes makes no difference.
 */
final class VoteCounting {
  /** Equal votes needed, besides the proposal itself. */
  static final int VOTE_QUORUM = 5;

  /** In one checkpoint, by the wire contract. */
  static final int MAX_SIGNATURES = 10;

  /** An arbitrary total order, for the choice between groups of equal size. */
  private static final Comparator<Claim> BY_VALUES =
      Comparator.<Claim>comparingLong(claim -> claim.agreedValues().restarts())
          .thenComparingLong(claim -> claim.agreedValues().totalUptime())
          .thenComparingLong(claim -> claim.agreedValues().startTime())
          .thenComparing(Claim::previousCheckpointId);

  private VoteCounting() {}

  /**
   * The claim of the largest group of votes; of equal groups the proposer's claim. Empty when no
   * group reaches the quorum.
   */
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

  /** The trimmed means of the votes, for a second round. */
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
   * Forms the checkpoint of a claim, with the signatures of all that claim the same: first the
   * proposer's, then those of the voters by descending uptime.
   *
   * @param uptimeOf the total uptime of a voter, by its id
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
