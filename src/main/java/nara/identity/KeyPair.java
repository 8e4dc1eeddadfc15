package nara.identity;

import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * The Ed25519 key pair of a soul: signs in its name.
 *
 * <p>Signing is Bouncy Castle's (constant time, pure Java). The public key is computed once and
 * handed in with each message, so that a signature costs one scalar multiplication and not two. All
 * state is fixed at construction: any number of threads may sign at once.
 */
public final class KeyPair {
  /** Bytes of a signature. */
  public static final int SIGNATURE_LENGTH = Ed25519.SIGNATURE_SIZE;

  private final byte[] seed;
  private final byte[] publicBytes;
  private final PublicKey publicKey;

  private KeyPair(byte[] seed) {
    this.seed = seed;
    this.publicBytes = new byte[PublicKey.LENGTH];
    Ed25519.generatePublicKey(seed, 0, publicBytes, 0);
    this.publicKey = PublicKey.of(publicBytes);
  }

  /** The key pair whose secret is the soul's seed. */
  public static KeyPair of(Soul soul) {
    return new KeyPair(soul.seed());
  }

  /**
   * The key pair of a seed as of RFC 8032.
   *
   * @throws IllegalArgumentException when there are not exactly 32 bytes
   */
  public static KeyPair fromSeed(byte[] seed) {
    if (seed.length != Ed25519.SECRET_KEY_SIZE) {
      throw new IllegalArgumentException("an Ed25519 seed has 32 bytes, not " + seed.length);
    }
    return new KeyPair(seed.clone());
  }

  /** The public half. */
  public PublicKey publicKey() {
    return publicKey;
  }

  /** The signature over the message: 64 bytes. */
  public byte[] sign(byte[] message) {
    byte[] signature = new byte[SIGNATURE_LENGTH];
    Ed25519.sign(seed, 0, publicBytes, 0, message, 0, message.length, signature, 0);
    return signature;
  }

  /** The signature as it is on the wire: standard Base64 with padding. */
  public String signBase64(byte[] message) {
    return Base64.getEncoder().encodeToString(sign(message));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyPair pair && Arrays.equals(publicBytes, pair.publicBytes);
  }

  @Override
  public int hashCode() {
    return publicKey.hashCode();
  }

  /** Shows the public half only. */
  @Override
  public String toString() {
    return "KeyPair[" + publicKey + "]";
  }
}
