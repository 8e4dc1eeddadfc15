package nara.trust.ed25519;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A point of the curve −x² + y² = 1 + d·x²·y², that changes as points are added to it.
 *
 * <p>Extended coordinates X, Y, Z, T with x = X/Z, y = Y/Z, x·y = T/Z. The formulas are complete:
 * they hold for any two points of the curve, equal, opposite, neutral or of small order, and Z is
 * never 0. All coordinates are tight elements of {@link Field}.
 */
final class Point {
  /** Longs of an affine table entry: y + x, y − x and 2d·x·y, each loose. */
  static final int ENTRY = 3 * Field.LIMBS;

  /** Longs of an entry that keeps its Z: Y + X, Y − X, Z, 2d·T. */
  static final int PROJECTIVE = 4 * Field.LIMBS;

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
  private static final long[] ROOT =
      constant("b0a00e4a271beec478e42fad0618432fa7d7fb3d99004d2b0bdfc14f8024832b");

  private static final long[] ONE = {1, 0, 0, 0, 0};

  /** The coordinates, and behind them what the formulas need in between. */
  final long[] c = new long[9 * Field.LIMBS];

  Point() {
    neutral();
  }

  private static long[] constant(String hex) {
    long[] r = new long[Field.LIMBS];
    Field.decode(r, 0, HexFormat.of().parseHex(hex), 0);
    return r;
  }

  /** Becomes the neutral point, (0, 1). */
  void neutral() {
    Arrays.fill(c, 0);
    c[Y] = 1;
    c[Z] = 1;
  }

  /** Becomes the same point as the other. */
  void copy(Point other) {
    System.arraycopy(other.c, 0, c, 0, 4 * Field.LIMBS);
  }

  /**
   * Becomes the point that the 32 bytes name, as Go's library reads them: y need not be below p,
   * and x = 0 may come with a sign bit.
   *
   * @return false, with this point in no useful state, when no point of the curve has that y
   */
  boolean decode(byte[] bytes, int offset) {
    long[] u = new long[5 * Field.LIMBS];
    int v = Field.LIMBS;
    int v3 = 2 * Field.LIMBS;
    int r = 3 * Field.LIMBS;
    int check = 4 * Field.LIMBS;
    Field.decode(c, Y, bytes, offset);
    Arrays.fill(c, Z, Z + Field.LIMBS, 0);
    c[Z] = 1;
    // x² = u/v with u = y² − 1, v = d·y² + 1.
    Field.square(u, 0, c, Y);
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
    Field.multiply(c, X, u, r, u, 0);
    Field.square(u, check, c, X);
    Field.multiply(u, check, u, check, u, v);
    Field.subtract(u, r, u, check, u, 0);
    if (!Field.isZero(u, r)) {
      Field.add(u, r, u, check, u, 0);
      if (!Field.isZero(u, r)) {
        return false;
      }
      Field.multiply(c, X, c, X, ROOT, 0);
    }
    if (Field.isOdd(c, X) != bytes[offset + 31] < 0) {
      Field.negate(c, X, c, X);
      Field.multiply(c, X, c, X, ONE, 0);
    }
    Field.multiply(c, T, c, X, c, Y);
    return true;
  }

  /** Becomes −1 times itself. */
  void negate() {
    Field.negate(c, X, c, X);
    Field.multiply(c, X, c, X, ONE, 0);
    Field.negate(c, T, c, T);
    Field.multiply(c, T, c, T, ONE, 0);
  }

  /**
   * Adds itself to itself: 4 squarings, 4 multiplications.
   *
   * @param last false when the next step is another doubling, which needs no T and saves one
   */
  void twice(boolean last) {
    Field.square(c, E, c, X);
    Field.square(c, F, c, Y);
    Field.square(c, G, c, Z);
    Field.add(c, S, c, X, c, Y);
    Field.square(c, S, c, S);
    Field.add(c, H, c, E, c, F); // X² + Y²
    for (int i = 0; i < Field.LIMBS; i++) {
      long g = c[E + i] - c[F + i]; // X² − Y²
      c[F + i] = 2 * c[G + i] + g;
      c[G + i] = g;
      c[E + i] = c[H + i] - c[S + i]; // −2XY
    }
    complete(last);
  }

  /**
   * Adds the affine entry, or its opposite: 7 multiplications.
   *
   * @param entries {@link #ENTRY} longs from the offset on
   */
  void add(long[] entries, int offset, boolean opposite) {
    int plus = opposite ? Field.LIMBS : 0;
    long sign = opposite ? -1 : 0;
    Field.subtract(c, E, c, Y, c, X);
    Field.add(c, H, c, Y, c, X);
    Field.multiply(c, E, c, E, entries, offset + Field.LIMBS - plus);
    Field.multiply(c, H, c, H, entries, offset + plus);
    Field.multiply(c, S, c, T, entries, offset + 2 * Field.LIMBS);
    combine(Z, sign);
    complete(true);
  }

  /** Adds a point that keeps its Z, or its opposite: 8 multiplications. */
  void addProjective(long[] entries, int offset, boolean opposite) {
    int plus = opposite ? Field.LIMBS : 0;
    long sign = opposite ? -1 : 0;
    Field.subtract(c, E, c, Y, c, X);
    Field.add(c, H, c, Y, c, X);
    Field.multiply(c, E, c, E, entries, offset + Field.LIMBS - plus);
    Field.multiply(c, H, c, H, entries, offset + plus);
    Field.multiply(c, S, c, T, entries, offset + 3 * Field.LIMBS);
    Field.multiply(c, G, c, Z, entries, offset + 2 * Field.LIMBS);
    combine(G, sign);
    complete(true);
  }

  /**
   * From a = (Y−X)(y−x) at E, b = (Y+X)(y+x) at H, t = 2d·T·(xy) at S and z at the given place,
   * makes E = b − a, H = b + a, F = 2z − t, G = 2z + t (F and G changed round for the opposite
   * point), the four factors of the sum. The largest, 2z + t, is below 3·2^51 + 2^15: loose.
   */
  private void combine(int z, long sign) {
    for (int i = 0; i < Field.LIMBS; i++) {
      long a = c[E + i];
      long b = c[H + i];
      long t = (c[S + i] ^ sign) - sign;
      long zz = 2 * c[z + i];
      c[E + i] = b - a;
      c[H + i] = b + a;
      c[F + i] = zz - t;
      c[G + i] = zz + t;
    }
  }

  /** X = E·F, Y = G·H, Z = F·G and, where wanted, T = E·H. */
  private void complete(boolean withT) {
    Field.multiply(c, X, c, E, c, F);
    Field.multiply(c, Y, c, G, c, H);
    Field.multiply(c, Z, c, F, c, G);
    if (withT) {
      Field.multiply(c, T, c, E, c, H);
    }
  }

  /** Writes this point as a {@link #PROJECTIVE} entry. */
  void toProjective(long[] entries, int offset) {
    Field.add(entries, offset, c, Y, c, X);
    Field.subtract(entries, offset + Field.LIMBS, c, Y, c, X);
    System.arraycopy(c, Z, entries, offset + 2 * Field.LIMBS, Field.LIMBS);
    Field.multiply(entries, offset + 3 * Field.LIMBS, c, T, D2, 0);
  }

  /** Whether this is the neutral point. */
  boolean isNeutral() {
    Field.subtract(c, S, c, Y, c, Z);
    return Field.isZero(c, X) && Field.isZero(c, S);
  }
}
