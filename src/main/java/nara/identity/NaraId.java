package nara.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The nara id: what tells naras of one name apart.
 *
 * <p>It is made from the secret soul, so nobody else can compute it from a public key: that an id
 * belongs to a key is always somebody's word, which the {@link Keyring} handles as such.
 */
public final class NaraId {
  private NaraId() {}

  /** Base58 of SHA-256 over the 40 bytes of the soul and the name in UTF-8. */
  public static String of(Soul soul, String name) {
    return Base58.encode(Hashing.sha256(soul.bytes(), name.getBytes(UTF_8)));
  }
}
