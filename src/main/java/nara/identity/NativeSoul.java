package nara.identity;

/**
 * The soul that derives from a machine's hardware, so that a node without configuration is the same
 * nara after each restart.
 */
public final class NativeSoul {
  private static final String SALT = "nara:soul:v2";

  private NativeSoul() {}

  /** The soul of a nara with a configured name, bonded to it. */
  public static Soul custom(byte[] fingerprint, String name) {
    return Soul.forName(Hashing.hkdfSha256(fingerprint, SALT, "seed:custom:" + name), name);
  }

  /** The soul of a nara without a configured name, bonded to the one generated from its seed. */
  public static Soul generated(byte[] fingerprint) {
    byte[] seed = Hashing.hkdfSha256(fingerprint, SALT, "seed:generated");
    return Soul.forName(seed, GeneratedName.of(seed));
  }
}
