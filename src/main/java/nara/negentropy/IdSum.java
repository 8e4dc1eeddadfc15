package nara.negentropy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The sum of ids modulo 2^256, each taken as a little-endian number: what fingerprints are made of.
 * An id that is taken away again leaves no trace, and sums of neighbouring ranges add up.
 */
public final class IdSum {
  /** Bytes of a fingerprint. */
  public static final int FINGERPRINT_BYTES = 16;

  /** The least significant word first. */
  private long word0;

  private long word1;
  private long word2;
  private long word3;

  /** Adds an id. */
  public void add(ItemId id) {
    add(
        Long.reverseBytes(id.first()),
        Long.reverseBytes(id.second()),
        Long.reverseBytes(id.third()),
        Long.reverseBytes(id.fourth()));
  }

  /** Adds what another sum has. */
  public void add(IdSum other) {
    add(other.word0, other.word1, other.word2, other.word3);
  }

  /** Takes an id away that was added before. */
  public void subtract(ItemId id) {
    subtract(
        Long.reverseBytes(id.first()),
        Long.reverseBytes(id.second()),
        Long.reverseBytes(id.third()),
        Long.reverseBytes(id.fourth()));
  }

  /** Takes away what another sum has. */
  public void subtract(IdSum other) {
    subtract(other.word0, other.word1, other.word2, other.word3);
  }

  /** The same sum in an object of its own. */
  public IdSum copy() {
    IdSum copy = new IdSum();
    copy.add(this);
    return copy;
  }

  private void add(long a, long b, long c, long d) {
    word0 += a;
    long carry = Long.compareUnsigned(word0, a) < 0 ? 1 : 0;
    long sum1 = word1 + b;
    long over1 = Long.compareUnsigned(sum1, b) < 0 ? 1 : 0;
    word1 = sum1 + carry;
    carry = over1 | (carry == 1 && word1 == 0 ? 1 : 0);
    long sum2 = word2 + c;
    long over2 = Long.compareUnsigned(sum2, c) < 0 ? 1 : 0;
    word2 = sum2 + carry;
    carry = over2 | (carry == 1 && word2 == 0 ? 1 : 0);
    word3 += d + carry;
  }

  /** Adds the two's complement. */
  private void subtract(long a, long b, long c, long d) {
    add(~a, ~b, ~c, ~d);
    add(1, 0, 0, 0);
  }

  /** The fingerprint of a range with this sum: by the specification, over sum and count. */
  public byte[] fingerprint(int count) {
    MessageWriter hashed = new MessageWriter();
    hashed.bytes(
        ByteBuffer.allocate(ItemId.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(word0)
            .putLong(word1)
            .putLong(word2)
            .putLong(word3)
            .array());
    hashed.varint(count);
    return Arrays.copyOf(sha256().digest(hashed.toBytes()), FINGERPRINT_BYTES);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every JDK has SHA-256", missing);
    }
  }
}
