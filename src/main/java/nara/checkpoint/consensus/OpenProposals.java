package nara.checkpoint.consensus;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The proposals of others that this node votes on: each once, not too old, and not too many.
 *
 * <p>A nara has no more than two honest proposals a day, so its proposals must come in the order of
 * their moments and rounds, which also keeps an old one from being voted on again when somebody
 * publishes it anew. Proposals are entered when their signature is verified, so nobody uses up what
 * somebody else is granted.
 *
 * <p>Not safe for use from several threads.
 */
final class OpenProposals {
  /**
   * How far the moment of a proposal may be from now, either way: clocks of small boards are
   * minutes off, and no judge takes an event that is further ahead.
   */
  static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(10);

  /** Proposals of one nara within {@link #RETENTION}: two rounds, and those of a restart. */
  static final int MAX_PER_SUBJECT = 4;

  /** Proposals of all together within {@link #RETENTION}: each costs a signature and a message. */
  static final int MAX_PROPOSALS = 200;

  /** After this a proposal is forgotten: if it came again, it would be refused as stale. */
  static final Duration RETENTION = CLOCK_TOLERANCE.multipliedBy(2);

  private record LatestProposal(long asOfTime, int round, int count, Instant addedAt) {}

  private final Map<String, LatestProposal> bySubject = new HashMap<>();

  /** Why this node would not vote on it; empty when it would. */
  Optional<RejectReason> rejectReason(Proposal proposal, Instant now) {
    Attestation attestation = proposal.attestation();
    if (!attestation.attester().equals(attestation.subject())
        || !attestation.attesterId().equals(attestation.subjectId())) {
      return Optional.of(RejectReason.NOT_ABOUT_ITSELF);
    }
    // The difference of two times that somebody else chose one of may be more than a long holds.
    long tolerance = CLOCK_TOLERANCE.toSeconds();
    if (attestation.asOfTime() < now.getEpochSecond() - tolerance
        || attestation.asOfTime() > now.getEpochSecond() + tolerance) {
      return Optional.of(RejectReason.STALE);
    }
    bySubject
        .values()
        .removeIf(latestProposal -> latestProposal.addedAt().plus(RETENTION).isBefore(now));
    LatestProposal latestProposal = bySubject.get(attestation.subjectId());
    if (latestProposal == null) {
      return totalCount() >= MAX_PROPOSALS ? Optional.of(RejectReason.TOO_MANY) : Optional.empty();
    }
    boolean later =
        attestation.asOfTime() > latestProposal.asOfTime()
            || attestation.asOfTime() == latestProposal.asOfTime()
                && proposal.round() > latestProposal.round();
    if (!later) {
      return Optional.of(RejectReason.REPLAYED);
    }
    return latestProposal.count() >= MAX_PER_SUBJECT || totalCount() >= MAX_PROPOSALS
        ? Optional.of(RejectReason.TOO_MANY)
        : Optional.empty();
  }

  /**
   * Takes a proposal whose signature is verified.
   *
   * @return why this node does not vote on it; empty when it does
   */
  Optional<RejectReason> add(Proposal proposal, Instant now) {
    Optional<RejectReason> rejectReason = rejectReason(proposal, now);
    if (rejectReason.isEmpty()) {
      Attestation attestation = proposal.attestation();
      LatestProposal latestProposal = bySubject.get(attestation.subjectId());
      int count = latestProposal == null ? 1 : latestProposal.count() + 1;
      bySubject.put(
          attestation.subjectId(),
          new LatestProposal(attestation.asOfTime(), proposal.round(), count, now));
    }
    return rejectReason;
  }

  private int totalCount() {
    return bySubject.values().stream().mapToInt(LatestProposal::count).sum();
  }
}
