package nara.identity;

import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * An Ed25519 public key: 32 bytes, compared by value.
 *
 * <p>Whether the bytes are a point of the curve is not looked at here: the reference carries any 32
 * bytes as a key, and the verifier is the one that refuses them.
 */
public final class PublicKey {
  /** Bytes of a key. */
  public static final int LENGTH = 32;

  private final byte[] bytes;
  private final int hash;

  private PublicKey(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /**
   * Wraps a copy of the bytes.
   *
   * @throws IllegalArgumentException when there are not exactly 32
   */
  public static PublicKey of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException("an Ed25519 public key has 32 bytes, not " + bytes.length);
    }
    return new PublicKey(bytes.clone());
  }

  /** Reads a key as it is on the wire: standard Base64 with padding, of 32 bytes. */
  public static Optional<PublicKey> parse(String base64) {
    // 44 characters are 32 bytes: anything else is refused before it is decoded.
    if (base64 == null || base64.length() != 44) {
      return Optional.empty();
    }
    try {
      byte[] decoded = Base64.getDecoder().decode(base64);
      return decoded.length == LENGTH ? Optional.of(new PublicKey(decoded)) : Optional.empty();
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  /** A copy of the 32 bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The key as it is on the wire: standard Base64 with padding. */
  public String encoded() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PublicKey key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return encoded();
  }
}
