package nara.negentropy;

import java.nio.ByteBuffer;

/**
 * The 32 bytes that an item is known by, as four longs, so that hundreds of thousands cost no array
 * each. Ordered as the specification orders ids: by the first differing byte, unsigned.
 *
 * @param first bytes 0 to 7, big-endian
 * @param second bytes 8 to 15
 * @param third bytes 16 to 23
 * @param fourth bytes 24 to 31
 */
public record ItemId(long first, long second, long third, long fourth)
    implements Comparable<ItemId> {
  /** Bytes of an id. */
  public static final int BYTES = 32;

  /** The id below all others. */
  static final ItemId ZERO = new ItemId(0, 0, 0, 0);

  /** The id whose bytes stand at the offset. */
  public static ItemId of(byte[] bytes, int offset) {
    ByteBuffer from = ByteBuffer.wrap(bytes, offset, BYTES);
    return new ItemId(from.getLong(), from.getLong(), from.getLong(), from.getLong());
  }

  /** Writes its bytes. */
  public void put(ByteBuffer to) {
    to.putLong(first).putLong(second).putLong(third).putLong(fourth);
  }

  /** Its bytes. */
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
    // Any bytes of a hash are as good as others, and a peer cannot choose many bits of them.
    return (int) fourth;
  }
}
