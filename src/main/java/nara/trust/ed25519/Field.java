package nara.trust.ed25519;

/**
 * Arithmetic modulo p = 2^255 − 19.
 *
 * <p>An element is five signed limbs in a long array, from an offset, least significant first. Its
 * value is Σ limb[i]·2^(51·i) mod p, so one value has many forms. Callers need to know two bounds:
 *
 * <ul>
 *   <li><b>loose</b>: every |limb| &lt; 2^53. All functions take loose elements.
 *   <li><b>tight</b>: −2^13 &lt; limb &lt; 2^51 + 2^13. {@link #multiply}, {@link #square} and the
 *       functions built from them give tight elements.
 * </ul>
 *
 * <p>A sum or difference of two tight elements, or of a tight one and such a sum, is loose. So it
 * may be multiplied without carrying first. Every multiplication asserts the bounds when assertions
 * are on, as in the tests.
 */
final class Field {
  /** Longs that an element takes. */
  static final int LIMBS = 5;

  /** Limbs of a loose element are smaller than this in magnitude. */
  static final long LOOSE = 1L << 53;

  /** A tight limb lies less than this outside of 0 … 2^51. */
  static final long SLACK = 1L << 13;

  private static final int BITS = 51;
  private static final int SPLIT = 54;
  private static final long MASK = (1L << BITS) - 1;

  private Field() {}

  /**
   * r = a·b. Takes loose, gives tight; r may be a or b.
   *
   * <p>Each product of two limbs is split at 2^54 into a quotient and a remainder. The quotient is
   * the high half of the product whose first factor is shifted by 10 = 64 − 54 bits. The sum of a
   * column's remainders is its sum of products minus its quotients shifted back, both modulo 2^64.
   * It lies in 0 … 5·2^54, so the wrapping loses nothing. A column's quotients count 2^54/2^51 =
   * 8-fold in the next column.
   *
   * <p>Bounds: |a·2^10| &lt; 2^63 and |19·b| &lt; 2^58. At most four products of a column have the
   * factor 19, none in the top column. So |h| ≤ (1 + 4·19)·2^52 and |h4| ≤ 5·2^52, and no column
   * exceeds 5·2^54 + 152·5·2^52 &lt; 2^62. {@link #store} carries from there.
   */
  static void multiply(long[] r, int ro, long[] a, int ao, long[] b, int bo) {
    assert isLoose(a, ao) && isLoose(b, bo);
    long h0 = high0(a, ao, b, bo);
    long l0 = low0(a, ao, b, bo);
    long h1 = high1(a, ao, b, bo);
    long l1 = low1(a, ao, b, bo);
    long h2 = high2(a, ao, b, bo);
    long l2 = low2(a, ao, b, bo);
    long h3 = high3(a, ao, b, bo);
    long l3 = low3(a, ao, b, bo);
    long h4 = high4(a, ao, b, bo);
    long l4 = low4(a, ao, b, bo);
    store(r, ro, h0, h1, h2, h3, h4, l0, l1, l2, l3, l4);
  }

  private static long high0(long[] a, int i, long[] b, int j) {
    return high(a[i], b[j])
        + high(a[i + 1], 19 * b[j + 4])
        + high(a[i + 2], 19 * b[j + 3])
        + high(a[i + 3], 19 * b[j + 2])
        + high(a[i + 4], 19 * b[j + 1]);
  }

  private static long low0(long[] a, int i, long[] b, int j) {
    return a[i] * b[j]
        + a[i + 1] * (19 * b[j + 4])
        + a[i + 2] * (19 * b[j + 3])
        + a[i + 3] * (19 * b[j + 2])
        + a[i + 4] * (19 * b[j + 1]);
  }

  private static long high1(long[] a, int i, long[] b, int j) {
    return high(a[i], b[j + 1])
        + high(a[i + 1], b[j])
        + high(a[i + 2], 19 * b[j + 4])
        + high(a[i + 3], 19 * b[j + 3])
        + high(a[i + 4], 19 * b[j + 2]);
  }

  private static long low1(long[] a, int i, long[] b, int j) {
    return a[i] * b[j + 1]
        + a[i + 1] * b[j]
        + a[i + 2] * (19 * b[j + 4])
        + a[i + 3] * (19 * b[j + 3])
        + a[i + 4] * (19 * b[j + 2]);
  }

  private static long high2(long[] a, int i, long[] b, int j) {
    return high(a[i], b[j + 2])
        + high(a[i + 1], b[j + 1])
        + high(a[i + 2], b[j])
        + high(a[i + 3], 19 * b[j + 4])
        + high(a[i + 4], 19 * b[j + 3]);
  }

  private static long low2(long[] a, int i, long[] b, int j) {
    return a[i] * b[j + 2]
        + a[i + 1] * b[j + 1]
        + a[i + 2] * b[j]
        + a[i + 3] * (19 * b[j + 4])
        + a[i + 4] * (19 * b[j + 3]);
  }

  private static long high3(long[] a, int i, long[] b, int j) {
    return high(a[i], b[j + 3])
        + high(a[i + 1], b[j + 2])
        + high(a[i + 2], b[j + 1])
        + high(a[i + 3], b[j])
        + high(a[i + 4], 19 * b[j + 4]);
  }

  private static long low3(long[] a, int i, long[] b, int j) {
    return a[i] * b[j + 3]
        + a[i + 1] * b[j + 2]
        + a[i + 2] * b[j + 1]
        + a[i + 3] * b[j]
        + a[i + 4] * (19 * b[j + 4]);
  }

  private static long high4(long[] a, int i, long[] b, int j) {
    return high(a[i], b[j + 4])
        + high(a[i + 1], b[j + 3])
        + high(a[i + 2], b[j + 2])
        + high(a[i + 3], b[j + 1])
        + high(a[i + 4], b[j]);
  }

  private static long low4(long[] a, int i, long[] b, int j) {
    return a[i] * b[j + 4]
        + a[i + 1] * b[j + 3]
        + a[i + 2] * b[j + 2]
        + a[i + 3] * b[j + 1]
        + a[i + 4] * b[j];
  }

  /** r = a², with the sums of a multiplication. Takes loose, gives tight; r may be a. */
  static void square(long[] r, int ro, long[] a, int ao) {
    assert isLoose(a, ao);
    long a0 = a[ao];
    long a1 = a[ao + 1];
    long a2 = a[ao + 2];
    long a3 = a[ao + 3];
    long a4 = a[ao + 4];
    long d1 = 2 * a1;
    long d2 = 2 * a2;
    long d3 = 2 * a3;
    long d4 = 2 * a4;
    long w3 = 19 * a3;
    long w4 = 19 * a4;
    long v3 = 38 * a3;
    long v4 = 38 * a4;

    long h0 = high(a0, a0) + high(a1, v4) + high(a2, v3);
    long l0 = a0 * a0 + a1 * v4 + a2 * v3;
    long h1 = high(a0, d1) + high(a2, v4) + high(a3, w3);
    long l1 = a0 * d1 + a2 * v4 + a3 * w3;
    long h2 = high(a0, d2) + high(a1, a1) + high(a3, v4);
    long l2 = a0 * d2 + a1 * a1 + a3 * v4;
    long h3 = high(a0, d3) + high(a1, d2) + high(a4, w4);
    long l3 = a0 * d3 + a1 * d2 + a4 * w4;
    long h4 = high(a0, d4) + high(a1, d3) + high(a2, a2);
    long l4 = a0 * d4 + a1 * d3 + a2 * a2;
    store(r, ro, h0, h1, h2, h3, h4, l0, l1, l2, l3, l4);
  }

  /** The quotient of x·y by 2^54, rounded down; |x| &lt; 2^53. */
  private static long high(long x, long y) {
    return Math.multiplyHigh(x << 10, y);
  }

  /**
   * Makes a tight element of the columns' quotients and wrapped products: all five columns carry
   * once, at the same time. A column carries at most 780·2. The top column, which wraps 19-fold,
   * carries at most (5·4 + 8·23)·2 = 408, and 19·408 &lt; 2^13. So every limb is tight.
   */
  private static void store(
      long[] r,
      int ro,
      long h0,
      long h1,
      long h2,
      long h3,
      long h4,
      long l0,
      long l1,
      long l2,
      long l3,
      long l4) {
    long c0 = l0 - (h0 << SPLIT) + 152 * h4;
    long c1 = l1 - (h1 << SPLIT) + 8 * h0;
    long c2 = l2 - (h2 << SPLIT) + 8 * h1;
    long c3 = l3 - (h3 << SPLIT) + 8 * h2;
    long c4 = l4 - (h4 << SPLIT) + 8 * h3;
    r[ro] = (c0 & MASK) + 19 * (c4 >> BITS);
    r[ro + 1] = (c1 & MASK) + (c0 >> BITS);
    r[ro + 2] = (c2 & MASK) + (c1 >> BITS);
    r[ro + 3] = (c3 & MASK) + (c2 >> BITS);
    r[ro + 4] = (c4 & MASK) + (c3 >> BITS);
    assert isTight(r, ro);
  }

  /** r = a + b, limb by limb, without carrying; the bounds add up. */
  static void add(long[] r, int ro, long[] a, int ao, long[] b, int bo) {
    for (int i = 0; i < LIMBS; i++) {
      r[ro + i] = a[ao + i] + b[bo + i];
    }
  }

  /** r = a − b, limb by limb, without carrying. Tight in, below 2^51 + 2^14 in magnitude out. */
  static void subtract(long[] r, int ro, long[] a, int ao, long[] b, int bo) {
    for (int i = 0; i < LIMBS; i++) {
      r[ro + i] = a[ao + i] - b[bo + i];
    }
  }

  /** r = −a, limb by limb. */
  static void negate(long[] r, int ro, long[] a, int ao) {
    for (int i = 0; i < LIMBS; i++) {
      r[ro + i] = -a[ao + i];
    }
  }

  /** r = a^(2^times): loose in, tight out. */
  static void squareTimes(long[] r, int ro, long[] a, int ao, int times) {
    square(r, ro, a, ao);
    for (int i = 1; i < times; i++) {
      square(r, ro, r, ro);
    }
  }

  /** r = 1/a, and 0 for 0: a^(p−2). Loose in, tight out. */
  static void invert(long[] r, int ro, long[] a, int ao) {
    long[] t = new long[2 * LIMBS];
    power250(t, a, ao);
    // p − 2 = 2^255 − 21 = 2^5·(2^250 − 1) + 11
    squareTimes(t, 0, t, 0, 5);
    multiply(r, ro, t, 0, t, LIMBS);
  }

  /** r = a^((p−5)/8), the power that a square root needs. Loose in, tight out. */
  static void powerForRoot(long[] r, int ro, long[] a, int ao) {
    long[] t = new long[2 * LIMBS];
    power250(t, a, ao);
    // (p − 5)/8 = 2^252 − 3 = 2^2·(2^250 − 1) + 1
    squareTimes(t, 0, t, 0, 2);
    multiply(r, ro, t, 0, a, ao);
  }

  /** Puts a^(2^250 − 1) at t[0] and a^11 at t[5]. */
  private static void power250(long[] t, long[] a, int ao) {
    long[] u = new long[3 * LIMBS];
    int x = 0;
    int y = LIMBS;
    int z = 2 * LIMBS;
    square(u, x, a, ao); // 2
    squareTimes(u, y, u, x, 2); // 8
    multiply(u, y, u, y, a, ao); // 9
    multiply(t, LIMBS, u, y, u, x); // 11
    square(u, x, t, LIMBS); // 22
    multiply(u, x, u, x, u, y); // 31 = 2^5 − 1
    raise(u, x, x, 5, y); // 2^10 − 1
    System.arraycopy(u, x, u, z, LIMBS);
    raise(u, x, x, 10, y); // 2^20 − 1
    raise(u, x, x, 20, y); // 2^40 − 1
    raise(u, x, z, 10, y); // 2^50 − 1
    System.arraycopy(u, x, u, z, LIMBS);
    raise(u, x, x, 50, y); // 2^100 − 1
    raise(u, x, x, 100, y); // 2^200 − 1
    raise(u, x, z, 50, y); // 2^250 − 1
    System.arraycopy(u, x, t, 0, LIMBS);
  }

  /** u[x] = u[x]^(2^times) · u[factor], with u[scratch] in between. */
  private static void raise(long[] u, int x, int factor, int times, int scratch) {
    squareTimes(u, scratch, u, x, times);
    multiply(u, x, u, scratch, u, factor);
  }

  /**
   * Reads 255 bits, little-endian, from 32 bytes. Ignores the top bit of the last byte; accepts a
   * value of p or more. Gives limbs of 0 … 2^51 − 1.
   */
  static void decode(long[] r, int ro, byte[] bytes, int offset) {
    long b0 = LittleEndian.readLong(bytes, offset);
    long b1 = LittleEndian.readLong(bytes, offset + 8);
    long b2 = LittleEndian.readLong(bytes, offset + 16);
    long b3 = LittleEndian.readLong(bytes, offset + 24);
    r[ro] = b0 & MASK;
    r[ro + 1] = (b0 >>> 51 | b1 << 13) & MASK;
    r[ro + 2] = (b1 >>> 38 | b2 << 26) & MASK;
    r[ro + 3] = (b2 >>> 25 | b3 << 39) & MASK;
    r[ro + 4] = b3 >>> 12 & MASK;
  }

  /** Writes the one value below p as 32 bytes, little-endian. Takes loose. */
  static void encode(byte[] bytes, int offset, long[] a, int ao) {
    long[] t = reduced(a, ao);
    LittleEndian.writeLong(bytes, offset, t[0] | t[1] << 51);
    LittleEndian.writeLong(bytes, offset + 8, t[1] >>> 13 | t[2] << 38);
    LittleEndian.writeLong(bytes, offset + 16, t[2] >>> 26 | t[3] << 25);
    LittleEndian.writeLong(bytes, offset + 24, t[3] >>> 39 | t[4] << 12);
  }

  /** Whether the value is 0. Takes loose. */
  static boolean isZero(long[] a, int ao) {
    long[] t = reduced(a, ao);
    return (t[0] | t[1] | t[2] | t[3] | t[4]) == 0;
  }

  /** Whether the value below p is odd; the sign bit of a point tells this of x. */
  static boolean isOdd(long[] a, int ao) {
    return (reduced(a, ao)[0] & 1) != 0;
  }

  /** The limbs, each in 0 … 2^51 − 1, of the one value below p. Takes loose. */
  private static long[] reduced(long[] a, int ao) {
    assert isLoose(a, ao);
    long[] t = {a[ao], a[ao + 1], a[ao + 2], a[ao + 3], a[ao + 4]};
    // The first pass leaves limb 0 within 19·4 of its range and the other limbs in range. If the
    // second pass still carries out of the top, the other limbs are so small (or, after a borrow,
    // so large) that adding or subtracting 19 keeps limb 0 in range.
    wrap(t);
    wrap(t);
    // Now 0 ≤ t < 2^255. It is p or more exactly when t + 19 reaches 2^255.
    long q = t[0] + 19 >> BITS;
    for (int i = 1; i < LIMBS; i++) {
      q = t[i] + q >> BITS;
    }
    t[0] += 19 * q;
    carry(t);
    return t;
  }

  /** Carries; the carry out of the top returns at the bottom 19-fold. */
  private static void wrap(long[] t) {
    long carried = carry(t);
    t[0] += 19 * carried;
  }

  /** Brings every limb into 0 … 2^51 − 1 and returns the carry out of the top. */
  private static long carry(long[] t) {
    long carried = 0;
    for (int i = 0; i < LIMBS; i++) {
      long limb = t[i] + carried;
      t[i] = limb & MASK;
      carried = limb >> BITS;
    }
    return carried;
  }

  static boolean isLoose(long[] a, int ao) {
    return isBetween(-LOOSE, LOOSE, a, ao);
  }

  static boolean isTight(long[] a, int ao) {
    return isBetween(-SLACK, MASK + 1 + SLACK, a, ao);
  }

  /** Whether every limb lies between the two, which are excluded. */
  private static boolean isBetween(long low, long high, long[] a, int ao) {
    for (int i = 0; i < LIMBS; i++) {
      if (a[ao + i] <= low || a[ao + i] >= high) {
        return false;
      }
    }
    return true;
  }
}
