package nara.identity;

/** What came of telling a {@link Keyring} about a key. */
public enum LearnResult {
  /** Something is known now that was not: a name's key, or an id's. Look-ups may answer anew. */
  ADDED,
  /** Nothing new in it. */
  KNOWN,
  /**
   * It contradicts what is known: the first key stays, and the contradiction is kept for reports.
   */
  CONFLICT,
  /** The keyring is full: a name or id that it does not know yet is not taken. */
  FULL,
  /** Not learnable: neither name nor id is given, or one of them is too long. */
  REFUSED
}
