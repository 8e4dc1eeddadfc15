package nara.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/** SHA-256, HMAC and HKDF without checked exceptions. */
public final class Hashing {
  private Hashing() {}

  /** A new digest: the JDK's, which is the fast one for megabytes. */
  public static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every JDK has SHA-256", missing);
    }
  }

  /** SHA-256 of the parts one after the other: 32 bytes. */
  public static byte[] sha256(byte[]... parts) {
    MessageDigest digest = newSha256();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }

  /** HMAC-SHA256 of the text's UTF-8 bytes: 32 bytes. */
  static byte[] hmacSha256(byte[] key, String text) {
    HMac mac = new HMac(new SHA256Digest());
    mac.init(new KeyParameter(key));
    byte[] data = text.getBytes(UTF_8);
    mac.update(data, 0, data.length);
    byte[] tag = new byte[mac.getMacSize()];
    mac.doFinal(tag, 0);
    return tag;
  }

  /** 32 bytes of HKDF-SHA256; salt and info as UTF-8. */
  static byte[] hkdfSha256(byte[] keyMaterial, String salt, String info) {
    HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
    generator.init(new HKDFParameters(keyMaterial, salt.getBytes(UTF_8), info.getBytes(UTF_8)));
    byte[] derived = new byte[32];
    generator.generateBytes(derived, 0, derived.length);
    return derived;
  }
}
