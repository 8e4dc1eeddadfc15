package nara.identity;

import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * An Ed25519 public key: 32 bytes, compared by value. Any 32 bytes are accepted, as by the
 * reference; the verifier rejects those that are no point of the curve.
 */
public final class PublicKey {
  /** Bytes of a key. */
  public static final int LENGTH = 32;

  private static final int BASE64_LENGTH = 44;

  private final byte[] bytes;
  private final int hash;

  private PublicKey(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /** Wraps a copy of the bytes, which must be 32. */
  public static PublicKey of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException("an Ed25519 public key has 32 bytes, not " + bytes.length);
    }
    return new PublicKey(bytes.clone());
  }

  /** Parses the wire format: 32 bytes in standard Base64 with padding. */
  public static Optional<PublicKey> parse(String base64) {
    if (base64 == null || base64.length() != BASE64_LENGTH) {
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

  /** The wire format: standard Base64 with padding. */
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
