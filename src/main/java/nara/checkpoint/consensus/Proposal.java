package nara.checkpoint.consensus;

/**
 * What a nara asks the others to agree on: its own attestation about itself.
 *
 * @param attestation whose subject is its attester
 * @param round 1, or 2 with the means of the first round's votes
 */
record Proposal(Attestation attestation, int round) {}
