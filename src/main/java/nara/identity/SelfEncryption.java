package nara.identity;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.modes.XChaCha20Poly1305;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Encrypts data that a nara stores with other naras for itself (its stash): XChaCha20-Poly1305 with
 * a key derived from the soul.
 */
public final class SelfEncryption {
  /** Bytes of the random nonce before each ciphertext. */
  public static final int NONCE_LENGTH = 24;

  /** Bytes of the authentication tag after each ciphertext. */
  public static final int TAG_LENGTH = 16;

  private SelfEncryption() {}

  /** Returns nonce, ciphertext and tag: 40 bytes longer than the plaintext. */
  public static byte[] encrypt(Soul soul, byte[] plaintext, SecureRandom random) {
    byte[] sealed = new byte[NONCE_LENGTH + plaintext.length + TAG_LENGTH];
    byte[] nonce = new byte[NONCE_LENGTH];
    random.nextBytes(nonce);
    System.arraycopy(nonce, 0, sealed, 0, NONCE_LENGTH);
    try {
      XChaCha20Poly1305 cipher = cipher(true, soul, nonce);
      int written =
          cipher.processBytes(plaintext, 0, plaintext.length, sealed, NONCE_LENGTH) + NONCE_LENGTH;
      cipher.doFinal(sealed, written);
      return sealed;
    } catch (InvalidCipherTextException e) {
      throw new IllegalStateException("encryption checks no tag", e);
    }
  }

  /** The plaintext; empty when the bytes are too short, altered, or encrypted by another soul. */
  public static Optional<byte[]> decrypt(Soul soul, byte[] sealed) {
    int length = sealed.length - NONCE_LENGTH;
    if (length < TAG_LENGTH) {
      return Optional.empty();
    }
    byte[] nonce = Arrays.copyOf(sealed, NONCE_LENGTH);
    byte[] plaintext = new byte[length - TAG_LENGTH];
    try {
      XChaCha20Poly1305 cipher = cipher(false, soul, nonce);
      int written = cipher.processBytes(sealed, NONCE_LENGTH, length, plaintext, 0);
      cipher.doFinal(plaintext, written);
      return Optional.of(plaintext);
    } catch (InvalidCipherTextException invalid) {
      return Optional.empty();
    }
  }

  private static XChaCha20Poly1305 cipher(boolean encrypting, Soul soul, byte[] nonce) {
    byte[] key = Hashing.hkdfSha256(soul.seed(), "nara:stash:v1", "symmetric");
    XChaCha20Poly1305 cipher = new XChaCha20Poly1305();
    cipher.init(encrypting, new AEADParameters(new KeyParameter(key), TAG_LENGTH * 8, nonce));
    return cipher;
  }
}
