package nara.trust.ed25519;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A mutable point of the curve −x² + y² = 1 + d·x²·y².
 *
 * <p>Extended coordinates X, Y, Z, T with x = X/Z, y = Y/Z, x·y = T/Z. The formulas are complete:
 * they hold for any two points of the curve, equal, opposite, neutral or of small order, and Z is
 * never 0. All coordinates are tight elements of {@link Field}.
 */
final class Point {
  /** Longs of an affine table entry: y + x, y − x and 2d·x·y, each loose. */
  static final int AFFINE_ENTRY = 3 * Field.LIMBS;

  /** Longs of an entry that keeps its Z: Y + X, Y − X, Z, 2d·T. */
  static final int PROJECTIVE_ENTRY = 4 * Field.LIMBS;

  static final int X = 0;
  static final int Y = Field.LIMBS;
  static final int Z = 2 * Field.LIMBS;
  static final int T = 3 * Field.LIMBS;
  private static final int E = 4 * Field.LIMBS;
  private static final int F = 5 * Field.LIMBS;
  private static final int G = 6 * Field.LIMBS;
  private static final int H = 7 * Field.LIMBS;
  private static final int S = 8 * Field.LIMBS;

  /** The curve's d = −121665/121666, then 2d, then a square root of −1. */
  private static final long[] D =
      constant("a3785913ca4deb75abd841414d0a700098e879777940c78c73fe6f2bee6c0352");

  static final long[] D2 =
      constant("59f1b226949bd6eb56b183829a14e00030d1f3eef2808e19e7fcdf56dcd90624");
  private static final long[] SQRT_MINUS_ONE =
      constant("b0a00e4a271beec478e42fad0618432fa7d7fb3d99004d2b0bdfc14f8024832b");

  private static final long[] ONE = {1, 0, 0, 0, 0};

  /** The coordinates, and after them the intermediate values of the formulas. */
  final long[] coordinates = new long[9 * Field.LIMBS];

  Point() {
    setNeutral();
  }

  private static long[] constant(String hex) {
    long[] r = new long[Field.LIMBS];
    Field.decode(r, 0, HexFormat.of().parseHex(hex), 0);
    return r;
  }

  /** Becomes the neutral point, (0, 1). */
  void setNeutral() {
    Arrays.fill(coordinates, 0);
    coordinates[Y] = 1;
    coordinates[Z] = 1;
  }

  /** Becomes the same point as the other. */
  void copy(Point other) {
    System.arraycopy(other.coordinates, 0, coordinates, 0, 4 * Field.LIMBS);
  }

  /**
   * Becomes the point that the 32 bytes encode, as Go's library reads them: y need not be below p,
   * and x = 0 may have a sign bit.
   *
   * @return false when no point of the curve has that y; this point is undefined then
   */
  boolean decode(byte[] bytes, int offset) {
    long[] u = new long[5 * Field.LIMBS];
    int v = Field.LIMBS;
    int v3 = 2 * Field.LIMBS;
    int r = 3 * Field.LIMBS;
    int check = 4 * Field.LIMBS;
    Field.decode(coordinates, Y, bytes, offset);
    Arrays.fill(coordinates, Z, Z + Field.LIMBS, 0);
    coordinates[Z] = 1;
    // x² = u/v with u = y² − 1, v = d·y² + 1.
    Field.square(u, 0, coordinates, Y);
    Field.multiply(u, v, u, 0, D, 0);
    u[0] -= 1;
    u[v] += 1;
    // A candidate root is u·v³·(u·v⁷)^((p−5)/8); it is right up to a root of −1.
    Field.square(u, v3, u, v);
    Field.multiply(u, v3, u, v3, u, v);
    Field.square(u, r, u, v3);
    Field.multiply(u, r, u, r, u, v);
    Field.multiply(u, r, u, r, u, 0);
    Field.powerForRoot(u, r, u, r);
    Field.multiply(u, r, u, r, u, v3);
    Field.multiply(coordinates, X, u, r, u, 0);
    Field.square(u, check, coordinates, X);
    Field.multiply(u, check, u, check, u, v);
    Field.subtract(u, r, u, check, u, 0);
    if (!Field.isZero(u, r)) {
      Field.add(u, r, u, check, u, 0);
      if (!Field.isZero(u, r)) {
        return false;
      }
      Field.multiply(coordinates, X, coordinates, X, SQRT_MINUS_ONE, 0);
    }
    if (Field.isOdd(coordinates, X) != bytes[offset + 31] < 0) {
      negate(X);
    }
    Field.multiply(coordinates, T, coordinates, X, coordinates, Y);
    return true;
  }

  /** Becomes −1 times itself. */
  void negate() {
    negate(X);
    negate(T);
  }

  /** Negates a coordinate; the product with 1 makes it tight again. */
  private void negate(int coordinate) {
    Field.negate(coordinates, coordinate, coordinates, coordinate);
    Field.multiply(coordinates, coordinate, coordinates, coordinate, ONE, 0);
  }

  /**
   * Adds this point to itself: 4 squarings, 4 multiplications.
   *
   * @param last false when another doubling follows, which needs no T and saves a multiplication
   */
  void doubleInPlace(boolean last) {
    Field.square(coordinates, E, coordinates, X);
    Field.square(coordinates, F, coordinates, Y);
    Field.square(coordinates, G, coordinates, Z);
    Field.add(coordinates, S, coordinates, X, coordinates, Y);
    Field.square(coordinates, S, coordinates, S);
    Field.add(coordinates, H, coordinates, E, coordinates, F); // X² + Y²
    for (int i = 0; i < Field.LIMBS; i++) {
      long g = coordinates[E + i] - coordinates[F + i]; // X² − Y²
      coordinates[F + i] = 2 * coordinates[G + i] + g;
      coordinates[G + i] = g;
      coordinates[E + i] = coordinates[H + i] - coordinates[S + i]; // −2XY
    }
    complete(last);
  }

  /**
   * Adds the affine entry, or its opposite: 7 multiplications.
   *
   * @param entries {@link #AFFINE_ENTRY} longs from the offset on
   */
  void add(long[] entries, int offset, boolean opposite) {
    multiplyEntry(entries, offset, offset + 2 * Field.LIMBS, opposite);
    combine(Z, opposite);
    complete(true);
  }

  /** Adds the entry that keeps its Z, or its opposite: 8 multiplications. */
  void addProjective(long[] entries, int offset, boolean opposite) {
    multiplyEntry(entries, offset, offset + 3 * Field.LIMBS, opposite);
    Field.multiply(coordinates, G, coordinates, Z, entries, offset + 2 * Field.LIMBS);
    combine(G, opposite);
    complete(true);
  }

  /** The products of both additions, for {@link #combine}; the entry's 2d·x·y is at xy. */
  private void multiplyEntry(long[] entries, int offset, int xy, boolean opposite) {
    int plus = opposite ? Field.LIMBS : 0;
    Field.subtract(coordinates, E, coordinates, Y, coordinates, X);
    Field.add(coordinates, H, coordinates, Y, coordinates, X);
    Field.multiply(coordinates, E, coordinates, E, entries, offset + Field.LIMBS - plus);
    Field.multiply(coordinates, H, coordinates, H, entries, offset + plus);
    Field.multiply(coordinates, S, coordinates, T, entries, xy);
  }

  /**
   * Makes the four factors of the sum from a = (Y−X)(y−x) at E, b = (Y+X)(y+x) at H, t = 2d·T·(xy)
   * at S and z at the given place: E = b − a, H = b + a, F = 2z − t, G = 2z + t. For the opposite
   * point F and G are swapped. The largest factor, 2z + t, is below 3·2^51 + 2^15: loose.
   */
  private void combine(int z, boolean opposite) {
    long sign = opposite ? -1 : 0;
    for (int i = 0; i < Field.LIMBS; i++) {
      long a = coordinates[E + i];
      long b = coordinates[H + i];
      long t = (coordinates[S + i] ^ sign) - sign;
      long zz = 2 * coordinates[z + i];
      coordinates[E + i] = b - a;
      coordinates[H + i] = b + a;
      coordinates[F + i] = zz - t;
      coordinates[G + i] = zz + t;
    }
  }

  /** X = E·F, Y = G·H, Z = F·G and, where wanted, T = E·H. */
  private void complete(boolean withT) {
    Field.multiply(coordinates, X, coordinates, E, coordinates, F);
    Field.multiply(coordinates, Y, coordinates, G, coordinates, H);
    Field.multiply(coordinates, Z, coordinates, F, coordinates, G);
    if (withT) {
      Field.multiply(coordinates, T, coordinates, E, coordinates, H);
    }
  }

  /** Writes this point as a {@link #PROJECTIVE_ENTRY} entry. */
  void toProjective(long[] entries, int offset) {
    Field.add(entries, offset, coordinates, Y, coordinates, X);
    Field.subtract(entries, offset + Field.LIMBS, coordinates, Y, coordinates, X);
    System.arraycopy(coordinates, Z, entries, offset + 2 * Field.LIMBS, Field.LIMBS);
    Field.multiply(entries, offset + 3 * Field.LIMBS, coordinates, T, D2, 0);
  }

  /** Whether this is the neutral point. */
  boolean isNeutral() {
    Field.subtract(coordinates, S, coordinates, Y, coordinates, Z);
    return Field.isZero(coordinates, X) && Field.isZero(coordinates, S);
  }
}
