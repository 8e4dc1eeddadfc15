package nara.identity;

import java.util.List;

/** The key that must have signed an event, by {@link Keyring#lookup}. */
public sealed interface KeyLookup {

  /**
   * This key.
   *
   * @param rivals other keys that are claimed for the name, while more evidence may still decide
   *     for one of them; at most seven
   */
  record Known(PublicKey key, List<PublicKey> rivals) implements KeyLookup {
    /** A key whose decision does not turn, or that nobody contests. */
    public Known(PublicKey key) {
      this(key, List.of());
    }
  }

  /**
   * Several keys are claimed for the name, with equal evidence.
   *
   * @param keys at most eight
   */
  record Contested(List<PublicKey> keys) implements KeyLookup {}

  /** The key is unknown so far. */
  record Unknown() implements KeyLookup {}

  /**
   * The emitter's name and id belong to different naras, so no key is right.
   *
   * @param reason safe to print
   */
  record Mismatch(String reason) implements KeyLookup {}
}
