package nara.checkpoint.consensus;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The proposals of others that this node votes on: each once, none too old, and not too many.
 *
 * <p>An honest nara proposes at most twice a day. So its proposals must come in the order of their
 * times and rounds, and one that is published again gets no second vote. A proposal is added after
 * its signature is verified, so nobody can use up the share of another nara.
 *
 * <p>Not thread-safe.
 */
final class OpenProposals {
  /** Clocks of small boards are minutes off. Trust rejects events further in the future. */
  static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(10);

  /** Within {@link #RETENTION}: two rounds, and two more after a restart. */
  static final int MAX_PER_SUBJECT = 4;

  /** Within {@link #RETENTION}: each proposal costs a signature and a message. */
  static final int MAX_PROPOSALS = 200;

  /** A forgotten proposal that comes again is stale. */
  static final Duration RETENTION = CLOCK_TOLERANCE.multipliedBy(2);

  private static final Latest NONE = new Latest(Long.MIN_VALUE, 0, 0, Instant.MIN);

  private record Latest(long asOfTime, int round, int count, Instant addedAt) {}

  private final Map<String, Latest> bySubject = new HashMap<>();

  /** Why this node does not vote on a proposal; empty when it does. */
  Optional<RejectReason> rejectReason(Proposal proposal, Instant now) {
    Attestation attestation = proposal.attestation();
    if (!attestation.attester().equals(attestation.subject())
        || !attestation.attesterId().equals(attestation.subjectId())) {
      return Optional.of(RejectReason.NOT_ABOUT_ITSELF);
    }
    // Compared without subtracting the peer's time, which could overflow.
    long tolerance = CLOCK_TOLERANCE.toSeconds();
    if (attestation.asOfTime() < now.getEpochSecond() - tolerance
        || attestation.asOfTime() > now.getEpochSecond() + tolerance) {
      return Optional.of(RejectReason.STALE);
    }
    // A future time is from before the clock was set back.
    bySubject
        .values()
        .removeIf(
            latest ->
                latest.addedAt().plus(RETENTION).isBefore(now) || latest.addedAt().isAfter(now));
    Latest latest = bySubject.getOrDefault(attestation.subjectId(), NONE);
    boolean later =
        attestation.asOfTime() > latest.asOfTime()
            || attestation.asOfTime() == latest.asOfTime() && proposal.round() > latest.round();
    if (!later) {
      return Optional.of(RejectReason.REPLAYED);
    }
    int total = bySubject.values().stream().mapToInt(Latest::count).sum();
    return latest.count() >= MAX_PER_SUBJECT || total >= MAX_PROPOSALS
        ? Optional.of(RejectReason.TOO_MANY)
        : Optional.empty();
  }

  /** Adds a verified proposal; returns why this node does not vote on it, or nothing. */
  Optional<RejectReason> add(Proposal proposal, Instant now) {
    Optional<RejectReason> reason = rejectReason(proposal, now);
    if (reason.isEmpty()) {
      Attestation attestation = proposal.attestation();
      bySubject.compute(
          attestation.subjectId(),
          (id, latest) ->
              new Latest(
                  attestation.asOfTime(),
                  proposal.round(),
                  latest == null ? 1 : latest.count() + 1,
                  now));
    }
    return reason;
  }
}
