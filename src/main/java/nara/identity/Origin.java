package nara.identity;

/**
 * Where a key, or the claim that an id belongs to it, came from. Reports name it, and two origins
 * are this node's own word rather than a peer's.
 */
public enum Origin {
  /** The operator's configuration or keys file. */
  CONFIG,
  /** The answer to a ping of the nara's own address. */
  PING,
  /** A hey-there event, which carries its emitter's key. */
  HEY_THERE,
  /** A howdy, signed with the key that it tells. */
  HOWDY,
  /** A howdy of somebody else, which told of a neighbour. */
  HEARSAY,
  /** A newspaper of a stranger, signed with the key that it tells. */
  NEWSPAPER,
  /** Another nara's answer to a peer query. */
  PEER_QUERY,
  /** An imported file of events. */
  IMPORT,
  /** What this node knew before a restart, and sealed; wherever it was from then. */
  SNAPSHOT,
  /** This node itself. */
  SELF;

  /** Whether it is this node's or its operator's word, which no peer's claim can cast doubt on. */
  public boolean isOwn() {
    return this == CONFIG || this == SELF;
  }

  /**
   * Whether it is the word of one nara about another. It costs nothing to make up, so it gets only
   * a part of a keyring's room.
   */
  public boolean isHearsay() {
    return this == HEARSAY || this == PEER_QUERY;
  }
}
