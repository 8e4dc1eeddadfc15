package nara.identity;

/**
 * The source of a key, or of the claim that an id belongs to it. Cluster members exchange the
 * ordinals, so a new constant goes last.
 */
public enum Origin {
  /** The operator's configuration or keys file. */
  CONFIG,
  /** The response to a ping of an address where the nara is said to be. */
  PING,
  /** A hey-there event, which carries its emitter's key. */
  HEY_THERE,
  /** A howdy, signed with the key that it contains. */
  HOWDY,
  /** An entry about another nara in a howdy. */
  HEARSAY,
  /** A newspaper of an unknown nara, signed with the key that it contains. */
  NEWSPAPER,
  /** Another nara's response to a peer query. */
  PEER_QUERY,
  /** An imported file of events. */
  IMPORT,
  /** This node's sealed snapshot, for a key that no peer could turn before. */
  SNAPSHOT,
  /** This node itself. */
  SELF,
  /** The response to a ping of the address that the operator configured for this name. */
  NAMED_PING;

  /** Whether this node or its operator says so. No peer's claim contests that. */
  public boolean isOwn() {
    return this == CONFIG || this == SELF;
  }

  /** Whether a peer stated this key in response to a ping or to a request for it. */
  public boolean isDirect() {
    return this == PING || this == NAMED_PING || this == PEER_QUERY;
  }

  /** Orders origins by what they say about a name's key; a higher one is better evidence. */
  int rank() {
    return switch (this) {
      case HEARSAY, PEER_QUERY -> 0;
      case HEY_THERE, HOWDY, NEWSPAPER, IMPORT -> 1;
      case PING -> 2;
      case NAMED_PING -> 3;
      case SNAPSHOT -> 4;
      case CONFIG -> 5;
      case SELF -> 6;
    };
  }

  /** Whether one nara says so about another. That is free to invent, so its room is limited. */
  public boolean isHearsay() {
    return this == HEARSAY || this == PEER_QUERY;
  }
}
