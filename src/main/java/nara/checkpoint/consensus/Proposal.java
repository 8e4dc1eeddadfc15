package nara.checkpoint.consensus;

/**
 * A nara's own attestation about itself, which others vote on.
 *
 * @param attestation its subject is its attester
 * @param round 1, or 2 with the means of the first round's votes
 */
record Proposal(Attestation attestation, int round) {}
