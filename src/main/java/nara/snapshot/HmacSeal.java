package nara.snapshot;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Proves that the owner of a key wrote a file: HMAC-SHA256 over all its bytes in order.
 *
 * <p>The seal is an empty gzip member at the end of the file, with the code in its comment. So the
 * code covers or fixes every byte of the file, and any gzip tool still unpacks the file.
 */
final class HmacSeal {
  private static final byte[] COMMENT = (SnapshotLines.FORMAT + ' ').getBytes(US_ASCII);
  private static final int HMAC_BYTES = 32;

  /** Deflate with a comment, no time, no flags, unknown system (RFC 1952). */
  private static final byte[] GZIP_HEADER = {0x1f, (byte) 0x8b, 8, 16, 0, 0, 0, 0, 0, (byte) 255};

  /** The end of the comment, an empty deflate block, its checksum and its length. */
  private static final byte[] GZIP_TRAILER = {0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0};

  /** The size of a seal. */
  static final int LENGTH =
      GZIP_HEADER.length + COMMENT.length + 2 * HMAC_BYTES + GZIP_TRAILER.length;

  private final Mac mac;

  HmacSeal(byte[] key) {
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("every JDK has HMAC-SHA256", missing);
    }
  }

  void update(byte[] bytes, int offset, int length) {
    mac.update(bytes, offset, length);
  }

  /** The seal of all bytes so far; resets this object. */
  byte[] gzipMember() {
    return ByteBuffer.allocate(LENGTH)
        .put(GZIP_HEADER)
        .put(COMMENT)
        .put(HexFormat.of().formatHex(mac.doFinal()).getBytes(US_ASCII))
        .put(GZIP_TRAILER)
        .array();
  }
}
