package nara.checkpoint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import nara.checkpoint.Attestation.Claim;
import nara.event.Checkpoint;
import nara.event.Checkpoint.Standing;
import nara.ledger.TrimmedMean;

/**
 * What a set of votes decides, by the wire contract's rules. Each voter stands among the votes
 * once; their order makes no difference.
 */
final class Counting {
  /** Votes that must agree, beside the proposer. */
  static final int VOTES_NEEDED = 5;

  /** Signatures of one checkpoint, at most. */
  static final int MOST_SIGNATURES = 10;

  /** Of groups of one size: whoever the proposer agrees with, then always the same one. */
  private static final Comparator<Claim> BY_VALUES =
      Comparator.<Claim>comparingLong(claim -> claim.standing().restarts())
          .thenComparingLong(claim -> claim.standing().totalUptime())
          .thenComparingLong(claim -> claim.standing().startTime())
          .thenComparing(Claim::reference);

  private Counting() {}

  /** The claim that the largest group of enough voters makes; empty when no group is enough. */
  static Optional<Claim> agreed(Proposal proposal, Collection<Vote> votes) {
    Map<Claim, Integer> sizes = new HashMap<>();
    for (Vote vote : votes) {
      sizes.merge(vote.attestation().claim(), 1, Integer::sum);
    }
    Claim proposed = proposal.attestation().claim();
    return sizes.keySet().stream()
        .filter(claim -> sizes.get(claim) >= VOTES_NEEDED)
        .max(
            Comparator.<Claim>comparingInt(sizes::get)
                .thenComparing(proposed::equals)
                .thenComparing(BY_VALUES));
  }

  /** The trimmed means of what the votes say, for a second round. */
  static Standing means(Collection<Vote> votes) {
    return new Standing(
        mean(votes, Standing::restarts),
        mean(votes, Standing::totalUptime),
        mean(votes, Standing::startTime));
  }

  private static long mean(Collection<Vote> votes, ToLongFunction<Standing> value) {
    return TrimmedMean.of(
        votes.stream()
            .map(vote -> vote.attestation().claim().standing())
            .mapToLong(value)
            .toArray());
  }

  /**
   * The checkpoint of a claim: the proposer's signature first when it claims the same, then those
   * of the voters who do, the longest online first.
   *
   * @param uptimeOf a voter's total uptime, by its id
   */
  static Checkpoint formed(
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
        .limit(MOST_SIGNATURES - signers.size())
        .forEach(signers::add);
    Attestation own = proposal.attestation();
    return new Checkpoint(
        Attestation.VERSION,
        own.subject(),
        own.subjectId(),
        agreed.reference(),
        agreed.standing(),
        own.asOfTime(),
        proposal.round(),
        signers.stream().map(Attestation::attesterId).toList(),
        signers.stream().map(Attestation::signature).toList());
  }
}
