package nara.identity;

import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * The Ed25519 key pair of a soul.
 *
 * <p>Bouncy Castle signs (constant time, pure Java). It gets the public key with each message, so
 * that a signature costs one scalar multiplication and not two. Immutable and thread-safe.
 */
public final class KeyPair {
  /** Bytes of a signature. */
  public static final int SIGNATURE_LENGTH = Ed25519.SIGNATURE_SIZE;

  private final byte[] seed;
  private final byte[] publicBytes;
  private final PublicKey key;

  private KeyPair(byte[] seed) {
    this.seed = seed;
    this.publicBytes = new byte[PublicKey.LENGTH];
    Ed25519.generatePublicKey(seed, 0, publicBytes, 0);
    this.key = PublicKey.of(publicBytes);
  }

  /** The key pair whose secret is the soul's seed. */
  public static KeyPair of(Soul soul) {
    return new KeyPair(soul.seed());
  }

  /** The key pair of a seed of 32 bytes, by RFC 8032. */
  public static KeyPair fromSeed(byte[] seed) {
    if (seed.length != Ed25519.SECRET_KEY_SIZE) {
      throw new IllegalArgumentException("an Ed25519 seed has 32 bytes, not " + seed.length);
    }
    return new KeyPair(seed.clone());
  }

  /** The public key. */
  public PublicKey publicKey() {
    return key;
  }

  /** The signature of the message: 64 bytes. */
  public byte[] sign(byte[] message) {
    byte[] signature = new byte[SIGNATURE_LENGTH];
    Ed25519.sign(seed, 0, publicBytes, 0, message, 0, message.length, signature, 0);
    return signature;
  }

  /** The signature in the wire format: standard Base64 with padding. */
  public String signBase64(byte[] message) {
    return Base64.getEncoder().encodeToString(sign(message));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyPair pair && Arrays.equals(publicBytes, pair.publicBytes);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }

  /** The public key only. */
  @Override
  public String toString() {
    return "KeyPair[" + key + "]";
  }
}
