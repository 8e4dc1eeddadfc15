package nara.trust.ed25519;

/**
 * All multiples j·2^(width·i)·P that the signed windows of a scalar need. A scalar's multiple of P
 * is then one addition per window, without a doubling.
 *
 * <p>Entries are affine, 120 bytes each: 276 KB at 7 bits (37 windows), 480 KB at 8 (32 windows),
 * 2.8 MB at 11 (23 windows). Immutable, so threads share it.
 */
final class WindowTable {
  static final int MIN_WIDTH = 4;
  static final int MAX_WIDTH = 12;

  private final int width;
  private final int windows;
  private final long[] entries;

  /** Costs about 15 products an entry. */
  WindowTable(Point point, int width) {
    if (width < MIN_WIDTH || width > MAX_WIDTH) {
      throw new IllegalArgumentException(
          "width: expected %d to %d, got %d".formatted(MIN_WIDTH, MAX_WIDTH, width));
    }
    this.width = width;
    this.windows = Scalar.windows(width);
    Point[] bases = bases(point);
    AffineBatch affineBases = new AffineBatch(windows);
    for (Point base : bases) {
      affineBases.add(base);
    }
    affineBases.invert();
    int count = entries(width);
    AffineBatch all = new AffineBatch(count);
    long[] base = new long[Point.AFFINE_ENTRY];
    for (int i = 0; i < windows; i++) {
      affineBases.writeEntry(base, 0, i);
      Point multiple = bases[i];
      all.add(multiple);
      for (int j = i < windows - 1 ? half() : lastMultiples(width); j > 1; j--) {
        multiple.add(base, 0, false);
        all.add(multiple);
      }
    }
    all.invert();
    entries = new long[count * Point.AFFINE_ENTRY];
    for (int k = 0; k < count; k++) {
      all.writeEntry(entries, k * Point.AFFINE_ENTRY, k);
    }
  }

  /** P, 2^width·P, 2^(2·width)·P, … */
  private Point[] bases(Point point) {
    Point[] bases = new Point[windows];
    bases[0] = new Point();
    bases[0].copy(point);
    for (int i = 1; i < windows; i++) {
      bases[i] = new Point();
      bases[i].copy(bases[i - 1]);
      for (int j = 1; j <= width; j++) {
        bases[i].doubleInPlace(j == width);
      }
    }
    return bases;
  }

  private int half() {
    return 1 << width - 1;
  }

  private static int entries(int width) {
    int last = Scalar.windows(width) - 1;
    return (last << width - 1) + lastMultiples(width);
  }

  /** The last window has fewer bits; a carry from below may add one to its largest value. */
  private static int lastMultiples(int width) {
    return 1 << Math.min(width - 1, Scalar.BITS - (Scalar.windows(width) - 1) * width);
  }

  int width() {
    return width;
  }

  /** Bytes of the entries of a table of this width. */
  static long bytes(int width) {
    return 8L * Point.AFFINE_ENTRY * entries(width);
  }

  /**
   * Reads a word of each cache line of the digits' entries, so that the cache misses overlap
   * instead of each addition waiting for its own.
   *
   * @return a mix of the words; the caller must use it, or the reads would be optimised away
   */
  long prefetch(int[] digits) {
    long seen = 0;
    for (int i = 0; i < windows; i++) {
      int digit = digits[i];
      if (digit != 0) {
        int at = offset(i, digit);
        seen ^= entries[at] ^ entries[at + 7] ^ entries[at + Point.AFFINE_ENTRY - 1];
      }
    }
    return seen;
  }

  /** Adds Σ digits[i]·2^(width·i)·P to the sum; the digits are those of a scalar below L. */
  void add(Point sum, int[] digits) {
    for (int i = 0; i < windows; i++) {
      int digit = digits[i];
      if (digit != 0) {
        sum.add(entries, offset(i, digit), digit < 0);
      }
    }
  }

  private int offset(int window, int digit) {
    return (window * half() + Math.abs(digit) - 1) * Point.AFFINE_ENTRY;
  }
}
