package nara.identity;

/**
 * The soul that a machine's own hardware gives to a nara, so that a node without any configuration
 * is the same nara after each restart.
 */
public final class NativeSoul {
  private static final String SALT = "nara:soul:v2";

  private NativeSoul() {}

  /** The soul of a nara that somebody named, bonded to that name. */
  public static Soul custom(byte[] fingerprint, String name) {
    return Soul.forName(Hashing.hkdfSha256(fingerprint, SALT, "seed:custom:" + name), name);
  }

  /** The soul of a nara that nobody named, bonded to the {@link GeneratedName} of its own seed. */
  public static Soul generated(byte[] fingerprint) {
    byte[] seed = Hashing.hkdfSha256(fingerprint, SALT, "seed:generated");
    return Soul.forName(seed, GeneratedName.of(seed));
  }
}
