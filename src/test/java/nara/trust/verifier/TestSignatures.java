package nara.trust.verifier;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import nara.identity.PublicKey;
import nara.testing.Altered;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** Makes good signatures by generated keys; the same seed gives the same signatures. */
public final class TestSignatures {
  private final Random random;
  private final byte[][] secrets;
  private final PublicKey[] keys;

  public TestSignatures(int keys, long seed) {
    this.random = new Random(seed);
    this.secrets = new byte[keys][32];
    this.keys = new PublicKey[keys];
    for (int i = 0; i < keys; i++) {
      random.nextBytes(secrets[i]);
      byte[] key = new byte[32];
      Ed25519.generatePublicKey(secrets[i], 0, key, 0);
      this.keys[i] = PublicKey.of(key);
    }
  }

  /** The next signatures, by random keys, over 32 bytes each, as for events. */
  public List<SignatureCheck> next(int count) {
    List<SignatureCheck> checks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int key = random.nextInt(keys.length);
      byte[] message = new byte[32];
      random.nextBytes(message);
      byte[] signature = new byte[64];
      Ed25519.sign(secrets[key], 0, message, 0, message.length, signature, 0);
      checks.add(new SignatureCheck(keys[key], message, signature));
    }
    return checks;
  }

  /** The same check with one bit of its signature flipped. */
  public static SignatureCheck withFlippedBit(SignatureCheck check, int bit) {
    byte[] signature = Altered.byteAt(check.signature(), bit >> 3, 1 << (bit & 7));
    return new SignatureCheck(check.key(), check.message(), signature);
  }
}
