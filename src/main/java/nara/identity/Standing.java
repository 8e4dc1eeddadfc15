package nara.identity;

import java.util.Optional;

/** How well a nara is known. Room that is scarce goes to naras of higher standing first. */
public enum Standing {
  /** No key is known. Anybody can invent such names. */
  UNKNOWN,
  /** A key is known. One peer can invent such naras too, as it can make any number of keys. */
  KNOWN,
  /**
   * This node's snapshot, a configured peer or two peers at different addresses support the key.
   * Honest peers pass on every announcement that they get, so a stranger can make such naras too.
   */
  VOUCHED,
  /** The operator supports the key, or the nara itself responded at its address. */
  ESTABLISHED;

  /** Whether more than one stranger's word supports the key. */
  public boolean isSupported() {
    return this == VOUCHED || this == ESTABLISHED;
  }

  /** The standing and the voucher of a nara, by its name. */
  @FunctionalInterface
  public interface Lookup {
    /** How well the nara of that name is known. */
    Standing standing(String name);

    /**
     * How well a key of the nara of that name is known: {@link #UNKNOWN} when another key holds, or
     * none.
     */
    default Standing standing(String name, PublicKey key) {
      return standing(name);
    }

    /**
     * The host of the only peer that vouches for that nara, or the host at which it and many others
     * responded. Empty when other evidence supports the key, and when no peer is known that vouches
     * for it.
     */
    default String voucher(String name) {
      return "";
    }

    /**
     * The only discovered host from which that nara is known, even when the nara itself responded
     * there: one stranger can respond under any number of names. Empty when the operator, a
     * configured peer or two hosts support the key.
     */
    default String onlyHost(String name) {
      return "";
    }

    /** The name that a nara id belongs to; empty when it is unknown or contested. */
    default Optional<String> nameOf(String id) {
      return Optional.empty();
    }
  }
}
