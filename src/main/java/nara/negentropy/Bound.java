package nara.negentropy;

import java.util.Arrays;

/**
 * The upper end of a range: it ends before the first item that is not below the bound.
 *
 * @param timestamp unsigned, 64 bits; {@link #INFINITY} ends the last range
 * @param prefix the id prefix that decides between equal timestamps, padded with zeros
 * @param prefixLength the number of prefix bytes in a message
 */
public record Bound(long timestamp, ItemId prefix, int prefixLength) {
  /** The timestamp that no item may have. */
  public static final long INFINITY = -1;

  /** Below every item. */
  static final Bound START = before(0);

  /** Above every item. */
  static final Bound END = before(INFINITY);

  /** Before the first item with this timestamp or a later one. */
  static Bound before(long timestamp) {
    return new Bound(timestamp, ItemId.ZERO, 0);
  }

  /** The shortest bound between two items of consecutive ranks, the upper one being at the rank. */
  static Bound between(Items items, int rank) {
    if (items.timestamp(rank - 1) != items.timestamp(rank)) {
      return before(items.timestamp(rank));
    }
    byte[] below = items.id(rank - 1).bytes();
    byte[] above = items.id(rank).bytes();
    int length = Arrays.mismatch(below, above) + 1;
    return withPrefix(items.timestamp(rank), above, 0, length);
  }

  static Bound withPrefix(long timestamp, byte[] bytes, int offset, int length) {
    byte[] padded = new byte[ItemId.BYTES];
    System.arraycopy(bytes, offset, padded, 0, length);
    return new Bound(timestamp, ItemId.of(padded, 0), length);
  }

  /** Whether the item is below this bound. */
  public boolean isAbove(long itemTimestamp, ItemId id) {
    int order = Long.compareUnsigned(itemTimestamp, timestamp);
    return order < 0 || order == 0 && id.compareTo(prefix) < 0;
  }
}
