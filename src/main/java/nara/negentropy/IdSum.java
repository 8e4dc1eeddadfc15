package nara.negentropy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A sum of ids modulo 2^256, each id read as a little-endian number. The protocol's fingerprints
 * are made from it. Sums of neighbouring ranges add up.
 */
public final class IdSum {
  /** The size of a fingerprint. */
  public static final int FINGERPRINT_BYTES = 16;

  /** The least significant word. */
  private long word0;

  private long word1;
  private long word2;
  private long word3;

  public void add(ItemId id) {
    add(
        Long.reverseBytes(id.first()),
        Long.reverseBytes(id.second()),
        Long.reverseBytes(id.third()),
        Long.reverseBytes(id.fourth()));
  }

  /** A new sum of both. */
  public IdSum plus(IdSum other) {
    IdSum sum = new IdSum();
    sum.add(word0, word1, word2, word3);
    sum.add(other.word0, other.word1, other.word2, other.word3);
    return sum;
  }

  /** A new sum without what the other one contains. */
  public IdSum minus(IdSum other) {
    IdSum difference = new IdSum();
    difference.add(word0, word1, word2, word3);
    // Add the two's complement.
    difference.add(~other.word0, ~other.word1, ~other.word2, ~other.word3);
    difference.add(1, 0, 0, 0);
    return difference;
  }

  private void add(long a, long b, long c, long d) {
    long sum0 = word0 + a;
    long sum1 = word1 + b + carry(word0, a, sum0);
    long sum2 = word2 + c + carry(word1, b, sum1);
    word3 += d + carry(word2, c, sum2);
    word2 = sum2;
    word1 = sum1;
    word0 = sum0;
  }

  /** The carry out of a sum, with or without a carry into it. */
  private static long carry(long a, long b, long sum) {
    return (a & b | (a | b) & ~sum) >>> 63;
  }

  /** The fingerprint of a range with this sum and so many items. */
  public byte[] fingerprint(int count) {
    ByteBuffer sum = ByteBuffer.allocate(ItemId.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    sum.putLong(word0).putLong(word1).putLong(word2).putLong(word3);
    MessageWriter hashed = new MessageWriter();
    hashed.bytes(sum.array(), ItemId.BYTES);
    hashed.varint(count);
    return Arrays.copyOf(ItemId.sha256(hashed.toBytes()).bytes(), FINGERPRINT_BYTES);
  }
}
