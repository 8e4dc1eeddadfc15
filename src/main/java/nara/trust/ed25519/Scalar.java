package nara.trust.ed25519;

/**
 * Numbers modulo L = 2^252 + 27742317777372353535851937790883648493, the order of the base point. A
 * scalar is four longs of 64 bits, least significant first.
 */
final class Scalar {
  /** Longs that a scalar takes. */
  static final int LONGS = 4;

  /** Bits of a number below L. */
  static final int BITS = 253;

  private static final long L0 = 0x5812631a5cf5d3edL;
  private static final long L1 = 0x14def9dea2f79cd6L;
  private static final long[] L = {L0, L1, 0, 0x1000000000000000L};

  /** Bits of a limb while reducing: nine limbs are 252 bits, where L = 2^252 + C folds. */
  private static final int LIMB = 28;

  private static final long MASK = (1L << LIMB) - 1;
  private static final int FOLD = 9;

  /** L − 2^252 in limbs of 28 bits. */
  private static final long[] C = {
    L0 & MASK, L0 >>> 28 & MASK, (L0 >>> 56 | L1 << 8) & MASK, L1 >>> 20 & MASK, L1 >>> 48
  };

  private Scalar() {}

  /** Whether the 32 bytes, little-endian, are a number below L: the rule's condition on S. */
  static boolean isBelowOrder(byte[] bytes, int offset) {
    for (int i = LONGS - 1; i >= 0; i--) {
      int order = Long.compareUnsigned(LittleEndian.readLong(bytes, offset + 8 * i), L[i]);
      if (order != 0) {
        return order < 0;
      }
    }
    return false;
  }

  static void decode(long[] r, byte[] bytes, int offset) {
    for (int i = 0; i < LONGS; i++) {
      r[i] = LittleEndian.readLong(bytes, offset + 8 * i);
    }
  }

  /**
   * r = the 64 bytes, little-endian, modulo L.
   *
   * <p>Modulo L, 2^252 equals −C. Folding the part above 2^252 three times brings 512 bits within
   * ±2^385, then ±2^259, then (−2^132, 2^252 + 2^132), which is less than L away from the result. A
   * column is a sum of at most five products of 29 signed bits by 28, so it stays below 2^60.
   */
  static void reduce(long[] r, byte[] bytes) {
    long[] x = new long[20];
    for (int i = 0; i < 19; i++) {
      x[i] = bits(bytes, LIMB * i);
    }
    fold(x, 19);
    fold(x, 15);
    fold(x, 11);
    if (x[FOLD] < 0) {
      addOrder(x, 1);
    } else if (isOrderOrMore(x)) {
      addOrder(x, -1);
    }
    r[0] = x[0] | x[1] << 28 | x[2] << 56;
    r[1] = x[2] >>> 8 | x[3] << 20 | x[4] << 48;
    r[2] = x[4] >>> 16 | x[5] << 12 | x[6] << 40;
    r[3] = x[6] >>> 24 | x[7] << 4 | x[8] << 32 | x[9] << 60;
  }

  /** 28 bits, from the given one; zeros beyond the end of the 64 bytes. */
  private static long bits(byte[] bytes, int from) {
    long value = 0;
    int first = from >>> 3;
    for (int i = 0; i < 5 && first + i < bytes.length; i++) {
      value |= (bytes[first + i] & 0xffL) << 8 * i;
    }
    return value >>> (from & 7) & MASK;
  }

  /** Replaces limbs 9 … n−1 by −C times them, and carries; the top limb keeps the sign. */
  private static void fold(long[] x, int n) {
    long[] high = new long[n - FOLD];
    System.arraycopy(x, FOLD, high, 0, high.length);
    for (int i = FOLD; i < x.length; i++) {
      x[i] = 0;
    }
    for (int i = 0; i < high.length; i++) {
      for (int j = 0; j < C.length; j++) {
        x[i + j] -= high[i] * C[j];
      }
    }
    carry(x, Math.max(FOLD, high.length + C.length - 1));
  }

  /** Brings limbs 0 … top−1 into 0 … 2^28 − 1; the limb at top takes the rest with its sign. */
  private static void carry(long[] x, int top) {
    for (int i = 0; i < top; i++) {
      x[i + 1] += x[i] >> LIMB;
      x[i] &= MASK;
    }
  }

  private static void addOrder(long[] x, int times) {
    for (int j = 0; j < C.length; j++) {
      x[j] += times * C[j];
    }
    x[FOLD] += times;
    carry(x, FOLD);
  }

  /** Whether x, which is not negative, is at least L. */
  private static boolean isOrderOrMore(long[] x) {
    if (x[FOLD] != 1) {
      return x[FOLD] > 1;
    }
    for (int i = FOLD - 1; i >= 0; i--) {
      long limb = i < C.length ? C[i] : 0;
      if (x[i] != limb) {
        return x[i] > limb;
      }
    }
    return true;
  }

  /** Windows of the given width that hold a number below L. */
  static int windows(int width) {
    return (BITS + width - 1) / width;
  }

  /**
   * Writes a scalar below L as signed digits d with Σ d[i]·2^(width·i) and |d| ≤ 2^(width−1).
   *
   * <p>The top window never carries. Either it has fewer bits than the width, or the width divides
   * 253; then in a number of 2^252 or more only the top window and 125 bits at the bottom are set.
   */
  static void digits(int[] digits, long[] scalar, int width) {
    int windows = windows(width);
    int half = 1 << width - 1;
    int mask = (1 << width) - 1;
    int carry = 0;
    for (int i = 0; i < windows; i++) {
      int bit = i * width;
      int word = bit >>> 6;
      int shift = bit & 63;
      long bits = scalar[word] >>> shift;
      if (shift + width > 64 && word + 1 < LONGS) {
        bits |= scalar[word + 1] << 64 - shift;
      }
      int digit = ((int) bits & mask) + carry;
      carry = half - digit >>> 31;
      digits[i] = digit - (carry << width);
    }
    assert carry == 0;
  }
}
