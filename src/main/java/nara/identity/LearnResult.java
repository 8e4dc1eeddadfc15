package nara.identity;

/** The result of {@link Keyring#learn}. */
public enum LearnResult {
  /** Something new: a name's key, or an id's. Lookups may give other results. */
  ADDED,
  /** Nothing new. */
  KNOWN,
  /** Another key holds for the name, or none of several. Reports list the conflict. */
  CONFLICT,
  /** No room for a new name or id. */
  FULL,
  /** Name and id are both missing, or one of them is too long. */
  REFUSED
}
