package nara.checkpoint.consensus;

import java.util.Locale;

/** Why a proposal, a vote or a final checkpoint is rejected: the closed list that is counted. */
enum RejectReason {
  /** Not JSON, not of the present version, or not the message of its topic. */
  UNREADABLE,
  /** This node does not vote: its recovery has not finished, or it is read-only. */
  NOT_VOTING,
  /** A proposal about another nara than its proposer. */
  NOT_ABOUT_ITSELF,
  /** A time too far from now. */
  STALE,
  /** A proposal that is not newer than the proposer's last one. */
  REPLAYED,
  /** More proposals or votes than the limit. */
  TOO_MANY,
  /** A vote on a proposal that this node has not open. */
  NOT_ASKED,
  /** A second vote of one voter, or a vote of the proposer. */
  VOTED_ALREADY,
  /** No known key has the attester's id. */
  UNKNOWN_KEY,
  /** The id or the key belongs to another name. */
  OTHER_NAME,
  /** Not signed with the attester's key. */
  BAD_SIGNATURE,
  /** A final checkpoint with fewer voters than the quorum. */
  TOO_FEW_VOTERS;

  /** The name in the counters. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
