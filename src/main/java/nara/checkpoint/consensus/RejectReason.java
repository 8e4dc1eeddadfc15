package nara.checkpoint.consensus;

import java.util.Locale;

/**
 * Why a proposal, a vote or a final checkpoint changes nothing: the closed list that is counted.
 */
enum RejectReason {
  /** Not JSON, not of the present version, or not what its topic promises. */
  UNREADABLE,
  /** The recovery is not over, or this node only reads: it does not vote. */
  NOT_VOTING,
  /** A proposal about somebody else than who makes it. */
  NOT_ABOUT_ITSELF,
  /** A moment that is too far from now. */
  STALE,
  /** A proposal that was voted on already, or an older one than that. */
  REPLAYED,
  /** More proposals than are voted on in this time. */
  TOO_MANY,
  /** A vote that belongs to no proposal of this node that is open. */
  NOT_ASKED,
  /** A second vote of one voter. */
  VOTED_ALREADY,
  /** Nobody told the key of that id. */
  UNKNOWN_KEY,
  /** The id or the key belongs to another name. */
  OTHER_NAME,
  /** Not signed with the key of who it says. */
  BAD_SIGNATURE,
  /** A final checkpoint of fewer voters than it takes. */
  TOO_FEW_VOTERS;

  /** The name in counters. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
