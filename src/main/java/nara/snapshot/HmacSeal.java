package nara.snapshot;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Says that bytes were written by whoever has the key: HMAC-SHA256 over all of them, in the order
 * they come.
 *
 * <p>It stands at the end of the file as a gzip member of its own, empty, with the code in its
 * comment. So every byte of the file is either under the code or fixed, and whatever unpacks gzip
 * still unpacks the file.
 */
final class HmacSeal {
  private static final byte[] COMMENT = (SnapshotLines.FORMAT + ' ').getBytes(US_ASCII);
  private static final int HMAC_BYTES = 32;

  /** Deflate with a comment; no time; no hint; no system (RFC 1952). */
  private static final byte[] GZIP_HEADER = {0x1f, (byte) 0x8b, 8, 16, 0, 0, 0, 0, 0, (byte) 255};

  /** The end of the comment, an empty deflate block, the checksum and the length of nothing. */
  private static final byte[] GZIP_TRAILER = {0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0};

  /** Bytes that a seal takes. */
  static final int LENGTH =
      GZIP_HEADER.length + COMMENT.length + 2 * HMAC_BYTES + GZIP_TRAILER.length;

  private final Mac mac;

  /** A seal of no bytes so far. */
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

  /** The seal of everything so far: {@link #LENGTH} bytes. It then begins anew. */
  byte[] gzipMember() {
    return ByteBuffer.allocate(LENGTH)
        .put(GZIP_HEADER)
        .put(COMMENT)
        .put(HexFormat.of().formatHex(mac.doFinal()).getBytes(US_ASCII))
        .put(GZIP_TRAILER)
        .array();
  }
}
