package nara.checkpoint;

import nara.checkpoint.Attestation.Claim;
import nara.event.Checkpoint.Standing;
import nara.identity.Identity;

/** How a voter decides, by the wire contract's tolerances. */
final class Voting {
  /** Restarts may differ by this many: observers miss some. */
  static final long RESTARTS_TOLERANCE = 5;

  /** Seconds that uptime and start may differ by. */
  static final long SECONDS_TOLERANCE = 60;

  private Voting() {}

  /**
   * The vote on a proposal: for its values when they are near enough, else for this node's own; in
   * either case with the last checkpoint that this node knows.
   *
   * @param ours what this node's ledger says of the proposer
   */
  static Vote on(Proposal proposal, Claim ours, Identity me) {
    Attestation asked = proposal.attestation();
    boolean approved = near(asked.claim().standing(), ours.standing());
    Standing standing = approved ? asked.claim().standing() : ours.standing();
    return new Vote(
        Attestation.by(me, asked.moment(), new Claim(standing, ours.reference())),
        asked.asOfTime(),
        proposal.round(),
        approved);
  }

  /** Whether two say the same, within the tolerances. */
  static boolean near(Standing one, Standing other) {
    return near(one.restarts(), other.restarts(), RESTARTS_TOLERANCE)
        && near(one.totalUptime(), other.totalUptime(), SECONDS_TOLERANCE)
        && near(one.startTime(), other.startTime(), SECONDS_TOLERANCE);
  }

  private static boolean near(long one, long other, long tolerance) {
    // Neither is negative, so the difference fits.
    return Math.abs(one - other) <= tolerance;
  }
}
