package nara.identity;

/** How well a nara is known. Room that is scarce goes to naras of higher standing first. */
public enum Standing {
  /** No key is known. Anybody can invent such names. */
  UNKNOWN,
  /** A key is known. One peer can invent such naras too, as it can make any number of keys. */
  KNOWN,
  /**
   * The operator, this node's snapshot, a configured peer or two peers at different addresses
   * support the key, or the nara itself responded at its address.
   */
  ESTABLISHED
}
