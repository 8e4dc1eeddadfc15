package nara.trust.ed25519;

/**
 * Brings many points to affine coordinates with one inversion.
 *
 * <p>The inverse of a product gives the inverse of each factor for three multiplications
 * (Montgomery's trick). So a batch of signatures costs one inversion, and each is still compared by
 * its own bytes.
 */
final class AffineBatch {
  /** Longs that a point takes here: X, Y, Z. */
  static final int STRIDE = 3 * Field.LIMBS;

  private final long[] points;
  private final long[] inverses;
  private final long[] t = new long[3 * Field.LIMBS];
  private int size;

  AffineBatch(int capacity) {
    points = new long[capacity * STRIDE];
    inverses = new long[capacity * Field.LIMBS];
  }

  void clear() {
    size = 0;
  }

  /** Adds a copy of the point, with the next number. */
  void add(Point point) {
    System.arraycopy(point.coordinates, 0, points, size * STRIDE, STRIDE);
    size++;
  }

  /** Computes every 1/Z. No Z is 0, because the curve's formulas are complete. */
  void invert() {
    int x = Field.LIMBS;
    long[] product = {1, 0, 0, 0, 0};
    for (int i = 0; i < size; i++) {
      System.arraycopy(product, 0, inverses, i * Field.LIMBS, Field.LIMBS);
      Field.multiply(product, 0, product, 0, points, i * STRIDE + Point.Z);
    }
    assert !Field.isZero(product, 0);
    Field.invert(t, x, product, 0);
    for (int i = size - 1; i >= 0; i--) {
      Field.multiply(inverses, i * Field.LIMBS, inverses, i * Field.LIMBS, t, x);
      Field.multiply(t, x, t, x, points, i * STRIDE + Point.Z);
    }
  }

  /** Writes the canonical encoding of point i, 32 bytes. After {@link #invert}. */
  void encode(byte[] bytes, int offset, int i) {
    toAffine(i);
    Field.encode(bytes, offset, t, Point.Y);
    if (Field.isOdd(t, Point.X)) {
      bytes[offset + 31] |= (byte) 0x80;
    }
  }

  /** Writes point i as a table entry: y + x, y − x, 2d·x·y. After {@link #invert}. */
  void writeEntry(long[] entries, int offset, int i) {
    toAffine(i);
    int xy = 2 * Field.LIMBS;
    Field.add(entries, offset, t, Point.Y, t, Point.X);
    Field.subtract(entries, offset + Field.LIMBS, t, Point.Y, t, Point.X);
    Field.multiply(t, xy, t, Point.X, t, Point.Y);
    Field.multiply(entries, offset + xy, t, xy, Point.D2, 0);
  }

  private void toAffine(int i) {
    Field.multiply(t, Point.X, points, i * STRIDE + Point.X, inverses, i * Field.LIMBS);
    Field.multiply(t, Point.Y, points, i * STRIDE + Point.Y, inverses, i * Field.LIMBS);
  }
}
