package nara.negentropy;

/**
 * Where a range ends: before the first item that is not below it.
 *
 * @param time an unsigned number of 64 bits; {@link #INFINITY} ends the last range
 * @param prefix the id to compare with where times are equal; zero from the prefix's end on
 * @param prefixLength how many bytes of the prefix are written
 */
public record Bound(long time, ItemId prefix, int prefixLength) {
  /** The time that no item may have. */
  public static final long INFINITY = -1;

  /** Below everything. */
  static final Bound START = before(0);

  /** Above everything. */
  static final Bound END = before(INFINITY);

  /** Before the first item of a time or of a later one. */
  static Bound before(long time) {
    return new Bound(time, ItemId.ZERO, 0);
  }

  /** The shortest bound that parts an item from the one that comes right before it. */
  static Bound separating(long timeBelow, ItemId below, long time, ItemId id) {
    if (timeBelow != time) {
      return before(time);
    }
    byte[] a = below.bytes();
    byte[] b = id.bytes();
    int length = 0;
    do {
      length++;
    } while (length < ItemId.BYTES && a[length - 1] == b[length - 1]);
    return withPrefix(time, b, 0, length);
  }

  /** A bound with the prefix that stands at the offset. */
  static Bound withPrefix(long time, byte[] bytes, int offset, int length) {
    byte[] padded = new byte[ItemId.BYTES];
    System.arraycopy(bytes, offset, padded, 0, length);
    return new Bound(time, ItemId.of(padded, 0), length);
  }

  /** Whether an item comes before it. */
  public boolean isAbove(long itemTime, ItemId id) {
    int order = Long.compareUnsigned(itemTime, time);
    return order < 0 || order == 0 && id.compareTo(prefix) < 0;
  }

  /** Whether it is not above the other one. */
  boolean isAtMost(Bound other) {
    int byTime = Long.compareUnsigned(time, other.time);
    return byTime < 0 || byTime == 0 && prefix.compareTo(other.prefix) <= 0;
  }
}
