package nara.identity;

/** Whose key an event must be signed with, as far as a {@link Keyring} can tell. */
public sealed interface KeyLookup {

  /** This key. */
  record Known(PublicKey key) implements KeyLookup {}

  /** Nobody told the key yet. */
  record Unknown() implements KeyLookup {}

  /**
   * The emitter's name and id are known to belong to different naras, so no key can be right.
   *
   * @param reason a sentence for people; what peers chose in it is shortened and printable
   */
  record Mismatch(String reason) implements KeyLookup {}
}
