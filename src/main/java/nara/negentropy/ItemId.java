package nara.negentropy;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import nara.identity.Hashing;

/**
 * The id of an item: 32 bytes as four big-endian longs, so that an id needs no array. Ordered by
 * the first byte that differs, unsigned.
 */
public record ItemId(long first, long second, long third, long fourth)
    implements Comparable<ItemId> {
  /** The size of an id. */
  public static final int BYTES = 32;

  /** One per thread, because a new digest costs as much as a hash. */
  private static final ThreadLocal<MessageDigest> SHA256 =
      ThreadLocal.withInitial(Hashing::newSha256);

  /** The lowest id. */
  static final ItemId ZERO = new ItemId(0, 0, 0, 0);

  /** The id at an offset. */
  public static ItemId of(byte[] bytes, int offset) {
    ByteBuffer from = ByteBuffer.wrap(bytes, offset, BYTES);
    return new ItemId(from.getLong(), from.getLong(), from.getLong(), from.getLong());
  }

  /** The SHA-256 hash of the content. */
  public static ItemId sha256(byte[] content) {
    return of(SHA256.get().digest(content), 0);
  }

  public void put(ByteBuffer to) {
    to.putLong(first).putLong(second).putLong(third).putLong(fourth);
  }

  byte[] bytes() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    put(bytes);
    return bytes.array();
  }

  @Override
  public int compareTo(ItemId other) {
    int order = Long.compareUnsigned(first, other.first);
    if (order == 0) {
      order = Long.compareUnsigned(second, other.second);
    }
    if (order == 0) {
      order = Long.compareUnsigned(third, other.third);
    }
    return order != 0 ? order : Long.compareUnsigned(fourth, other.fourth);
  }

  @Override
  public int hashCode() {
    // Any bits of a hash serve; a peer can choose only a few of them.
    return (int) fourth;
  }
}
