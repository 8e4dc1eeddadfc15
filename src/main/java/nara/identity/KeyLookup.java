package nara.identity;

/** The key that must have signed an event, by {@link Keyring#lookup}. */
public sealed interface KeyLookup {

  /** This key. */
  record Known(PublicKey key) implements KeyLookup {}

  /** The key is unknown so far. */
  record Unknown() implements KeyLookup {}

  /**
   * The emitter's name and id belong to different naras, so no key is right.
   *
   * @param reason safe to print
   */
  record Mismatch(String reason) implements KeyLookup {}
}
