package nara.checkpoint.consensus;

import nara.checkpoint.consensus.Attestation.Claim;
import nara.event.Checkpoint.AgreedValues;
import nara.identity.Identity;

/** How a voter decides, by the tolerances of the wire contract. */
final class VotePolicy {
  /** Observers miss some restarts. */
  static final long RESTARTS_TOLERANCE = 5;

  /** For uptime and start time. */
  static final long SECONDS_TOLERANCE = 60;

  private VotePolicy() {}

  /**
   * The vote on a proposal: its values when they are near this node's own, else the own ones. In
   * both cases with the latest checkpoint that this node knows.
   *
   * @param ownClaim this node's own claim about the proposer
   */
  static Vote vote(Proposal proposal, Claim ownClaim, Identity me) {
    Attestation proposed = proposal.attestation();
    boolean approved = isWithinTolerance(proposed.claim().agreedValues(), ownClaim.agreedValues());
    AgreedValues values = approved ? proposed.claim().agreedValues() : ownClaim.agreedValues();
    return new Vote(
        Attestation.sign(
            me, proposed.subjectAsOf(), new Claim(values, ownClaim.previousCheckpointId())),
        proposed.asOfTime(),
        proposal.round(),
        approved);
  }

  static boolean isWithinTolerance(AgreedValues one, AgreedValues other) {
    return isWithinTolerance(one.restarts(), other.restarts(), RESTARTS_TOLERANCE)
        && isWithinTolerance(one.totalUptime(), other.totalUptime(), SECONDS_TOLERANCE)
        && isWithinTolerance(one.startTime(), other.startTime(), SECONDS_TOLERANCE);
  }

  private static boolean isWithinTolerance(long one, long other, long tolerance) {
    // The distance of two signed numbers always fits into 64 bits without a sign.
    long distance = Math.max(one, other) - Math.min(one, other);
    return Long.compareUnsigned(distance, tolerance) <= 0;
  }
}
