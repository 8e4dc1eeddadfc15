package nara.checkpoint.consensus;

/**
 * The answer to a proposal: an attestation for the same moment.
 *
 * @param proposalTime the moment of the proposal, Unix seconds
 * @param round of the proposal
 * @param approved whether the values are the proposer's; under no signature, so nothing is decided
 *     by it
 */
record Vote(Attestation attestation, long proposalTime, int round, boolean approved) {}
