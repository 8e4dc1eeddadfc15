package nara.checkpoint.consensus;

/**
 * A reply to a proposal: an attestation of the same subject and time.
 *
 * @param proposalTime time of the proposal, Unix seconds
 * @param round of the proposal
 * @param approved whether the values are the proposer's; not signed, so this node ignores it
 */
record Vote(Attestation attestation, long proposalTime, int round, boolean approved) {}
