package nara.identity;

import java.util.Optional;

/**
 * The identity of this node: a name, the secret soul, and what derives from both.
 *
 * @param bonded whether the soul is bonded to the name; without the bond the nara works, but others
 *     may doubt its name
 */
public record Identity(
    String name, Soul soul, String id, KeyPair keys, Personality personality, boolean bonded) {

  /** The identity of a soul under a name, bonded or not. */
  public static Identity of(String name, Soul soul) {
    boolean bonded = soul.isBondedTo(name);
    return new Identity(
        name, soul, soul.idFor(name), KeyPair.of(soul), Personality.of(soul), bonded);
  }

  /**
   * Selects the identity from the configuration and the machine.
   *
   * <p>The name is the configured one, else the short host name. A {@linkplain HostName#isGeneric
   * generic} or empty name is replaced by one generated from the seed, unless the configured soul
   * is bonded to it. The soul is the configured one, else the native one of the hardware.
   *
   * @param name configured, or ""
   * @param soul configured, in Base58, or ""
   * @param hostname or ""
   * @param fingerprint see {@link Hardware#fingerprint}; used without a configured soul
   * @throws IllegalArgumentException with a sentence for the operator that does not contain the
   *     soul: the soul is invalid, or there is neither a soul nor a fingerprint
   */
  public static Identity resolve(
      String name, String soul, String hostname, Optional<byte[]> fingerprint) {
    String requestedName = name.isEmpty() ? HostName.withoutDomain(hostname) : name;
    boolean isGenericName = requestedName.isEmpty() || HostName.isGeneric(requestedName);
    if (soul.isEmpty()) {
      byte[] hardware = fingerprint.orElseThrow(Identity::noHardware);
      Soul own =
          isGenericName
              ? NativeSoul.generated(hardware)
              : NativeSoul.custom(hardware, requestedName);
      return of(isGenericName ? GeneratedName.of(own.seed()) : requestedName, own);
    }
    Soul given = Soul.parse(soul).orElseThrow(Identity::notASoul);
    boolean drawn = isGenericName && !given.isBondedTo(requestedName);
    return of(drawn ? GeneratedName.of(given.seed()) : requestedName, given);
  }

  private static IllegalArgumentException notASoul() {
    return new IllegalArgumentException(
        "the soul is invalid: expected 40 bytes in Base58, about 54 characters");
  }

  private static IllegalArgumentException noHardware() {
    return new IllegalArgumentException(
        "this machine has neither a machine id nor a network card with a manufacturer's address,"
            + " so another one could have the same native soul: configure identity.soul_file"
            + " (nara identity --write FILE makes the file), identity.soul or NARA_SOUL");
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "Identity[name=%s, id=%s, key=%s, bonded=%s]"
        .formatted(name, id, keys.publicKey(), bonded);
  }
}
