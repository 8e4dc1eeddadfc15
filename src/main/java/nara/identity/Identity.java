package nara.identity;

import java.util.Optional;

/**
 * Who this node is: a name, the soul, and all that follows from the two.
 *
 * @param name what it is called
 * @param soul its secret
 * @param id its nara id
 * @param keys what it signs with
 * @param personality its character
 * @param bonded whether the soul is bonded to the name; a nara without the bond works, but is taken
 *     for somebody with a borrowed name
 */
public record Identity(
    String name, Soul soul, String id, KeyPair keys, Personality personality, boolean bonded) {

  /** The identity of a soul under a name, whether they are bonded or not. */
  public static Identity of(String name, Soul soul) {
    return new Identity(
        name,
        soul,
        NaraId.of(soul, name),
        KeyPair.of(soul),
        Personality.of(soul),
        soul.isBondedTo(name));
  }

  /**
   * Decides who a node is, from what it was told and what it runs on.
   *
   * <p>The name is the one given, else the short host name, else (or when that says nothing, see
   * {@link HostName#isGeneric}) one drawn from the seed. The soul is the one given, else the native
   * one of the hardware. A given soul that is bonded to the given name keeps it, however generic it
   * sounds.
   *
   * @param name the configured name, or ""
   * @param soul the configured soul in Base58, or ""
   * @param hostname the host's name, or ""
   * @param fingerprint the hardware's, see {@link Hardware#fingerprint}; looked at only without a
   *     soul
   * @throws IllegalArgumentException with a sentence for the operator, which does not repeat the
   *     soul, when the soul is not one, or when there is neither a soul nor a fingerprint
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
        "the soul given is not one: a soul is 40 bytes in Base58, about 54 characters");
  }

  private static IllegalArgumentException noHardware() {
    return new IllegalArgumentException(
        "this machine shows neither a machine id nor a network card to make a soul from:"
            + " give the node a soul");
  }

  /** Shows everything but the secret. */
  @Override
  public String toString() {
    return "Identity[name=%s, id=%s, key=%s, bonded=%s]"
        .formatted(name, id, keys.publicKey(), bonded);
  }
}
