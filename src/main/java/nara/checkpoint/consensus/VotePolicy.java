package nara.checkpoint.consensus;

import nara.checkpoint.consensus.Attestation.Claim;
import nara.event.Checkpoint.AgreedValues;
import nara.identity.Identity;

/** How a voter decides, by the wire contract's tolerances. */
final class VotePolicy {
  /** Restarts may differ by this many: observers miss some. */
  static final long RESTARTS_TOLERANCE = 5;

  /** Seconds that uptime and start may differ by. */
  static final long SECONDS_TOLERANCE = 60;

  private VotePolicy() {}

  /**
   * The vote on a proposal: for its values when they are near enough, else for this node's own; in
   * either case with the last checkpoint that this node knows.
   *
   * @param ownClaim what this node's ledger says of the proposer
   */
  static Vote vote(Proposal proposal, Claim ownClaim, Identity me) {
    Attestation proposed = proposal.attestation();
    boolean approved = isWithinTolerance(proposed.claim().agreedValues(), ownClaim.agreedValues());
    AgreedValues agreedValues =
        approved ? proposed.claim().agreedValues() : ownClaim.agreedValues();
    return new Vote(
        Attestation.sign(
            me, proposed.subjectAsOf(), new Claim(agreedValues, ownClaim.previousCheckpointId())),
        proposed.asOfTime(),
        proposal.round(),
        approved);
  }

  /** Whether two say the same, within the tolerances. */
  static boolean isWithinTolerance(AgreedValues one, AgreedValues other) {
    return isWithinTolerance(one.restarts(), other.restarts(), RESTARTS_TOLERANCE)
        && isWithinTolerance(one.totalUptime(), other.totalUptime(), SECONDS_TOLERANCE)
        && isWithinTolerance(one.startTime(), other.startTime(), SECONDS_TOLERANCE);
  }

  private static boolean isWithinTolerance(long one, long other, long tolerance) {
    // Neither is negative, so the difference fits.
    return Math.abs(one - other) <= tolerance;
  }
}
