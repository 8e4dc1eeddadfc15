package nara.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The nara id, which distinguishes naras with the same name. It derives from the secret soul, so
 * nobody else can compute it from a public key; see {@link Keyring} for claims about ids.
 */
public final class NaraId {
  private NaraId() {}

  /** Base58 of SHA-256 over the 40 bytes of the soul and the name in UTF-8. */
  public static String of(Soul soul, String name) {
    return Base58.encode(Hashing.sha256(soul.bytes(), name.getBytes(UTF_8)));
  }
}
