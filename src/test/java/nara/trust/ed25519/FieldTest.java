package nara.trust.ed25519;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Compares the field with BigInteger, at the limbs' extremes and at random. */
class FieldTest {
  private static final BigInteger P = BigIntegerEd25519.P;
  private static final long TOP = Field.LOOSE - 1;
  private static final long[] EXTREMES = {
    0,
    1,
    -1,
    18,
    19,
    -Field.SLACK + 1,
    (1L << 51) - 1,
    1L << 51,
    (1L << 51) - 19,
    (1L << 51) + Field.SLACK - 1,
    (1L << 52) + 12345,
    TOP,
    -TOP,
    -(1L << 51)
  };

  static BigInteger value(long[] a, int ao) {
    BigInteger sum = BigInteger.ZERO;
    for (int i = Field.LIMBS - 1; i >= 0; i--) {
      sum = sum.shiftLeft(51).add(BigInteger.valueOf(a[ao + i]));
    }
    return sum;
  }

  private static BigInteger mod(long[] a, int ao) {
    return value(a, ao).mod(P);
  }

  /** Random limbs, each with an even chance of being an extreme one. */
  private static void draw(Random random, long[] a, int ao) {
    for (int i = 0; i < Field.LIMBS; i++) {
      a[ao + i] =
          random.nextBoolean()
              ? EXTREMES[random.nextInt(EXTREMES.length)]
              : random.nextLong(-TOP, TOP + 1);
    }
  }

  @Test
  void products_are_correct_for_extreme_values_in_every_pair_of_limbs() {
    long[] a = new long[3 * Field.LIMBS];
    for (int i = 0; i < Field.LIMBS; i++) {
      for (int j = 0; j < Field.LIMBS; j++) {
        for (long x : EXTREMES) {
          for (long y : EXTREMES) {
            java.util.Arrays.fill(a, 0);
            a[i] = x;
            a[5 + j] = y;
            productIsRight(a);
          }
        }
      }
    }
  }

  @Test
  void products_are_correct_and_reduced_when_all_limbs_are_maximal() {
    // Every pattern of signs on both sides, all limbs as large as they may be.
    long[] a = new long[3 * Field.LIMBS];
    for (int signs = 0; signs < 1 << 10; signs++) {
      for (int i = 0; i < 10; i++) {
        a[i] = (signs >> i & 1) == 0 ? TOP : -TOP;
      }
      productIsRight(a);
    }
  }

  @Test
  void products_and_squares_are_correct_for_random_and_extreme_limbs() {
    Random random = new Random(1);
    long[] a = new long[3 * Field.LIMBS];
    for (int n = 0; n < 20_000; n++) {
      draw(random, a, 0);
      draw(random, a, 5);
      productIsRight(a);
    }
  }

  private static void productIsRight(long[] a) {
    Field.multiply(a, 10, a, 0, a, 5);
    assertThat(mod(a, 10)).isEqualTo(value(a, 0).multiply(value(a, 5)).mod(P));
    assertThat(Field.isTight(a, 10)).isTrue();
    Field.square(a, 10, a, 0);
    assertThat(mod(a, 10)).isEqualTo(value(a, 0).pow(2).mod(P));
    assertThat(Field.isTight(a, 10)).isTrue();
  }

  @Test
  void product_may_overwrite_either_factor() {
    Random random = new Random(2);
    long[] a = new long[2 * Field.LIMBS];
    draw(random, a, 0);
    draw(random, a, 5);
    BigInteger product = value(a, 0).multiply(value(a, 5)).mod(P);
    long[] b = a.clone();
    Field.multiply(a, 0, a, 0, a, 5);
    Field.multiply(b, 5, b, 0, b, 5);
    assertThat(mod(a, 0)).isEqualTo(product).isEqualTo(mod(b, 5));
  }

  @Test
  void oversized_limb_fails_when_assertions_are_on() {
    long[] a = new long[3 * Field.LIMBS];
    a[3] = Field.LOOSE;
    assertThatThrownBy(() -> Field.multiply(a, 10, a, 0, a, 5)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> Field.multiply(a, 10, a, 5, a, 0)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> Field.square(a, 10, a, 0)).isInstanceOf(AssertionError.class);
  }

  @Test
  void encoding_is_canonical() {
    Random random = new Random(3);
    long[] a = new long[Field.LIMBS];
    byte[] bytes = new byte[32];
    for (int n = 0; n < 20_000; n++) {
      draw(random, a, 0);
      encodingIsRight(a, bytes);
    }
    // Around every multiple of p that loose limbs reach in small steps, and around 2^255.
    for (int times = -8; times <= 8; times++) {
      for (int off = -40; off <= 40; off++) {
        BigInteger near = P.multiply(BigInteger.valueOf(times)).add(BigInteger.valueOf(off));
        BigInteger left = near;
        for (int i = 0; i < 4; i++) {
          a[i] = left.longValue() & (1L << 51) - 1;
          left = left.shiftRight(51);
        }
        a[4] = left.longValueExact();
        if (Field.isLoose(a, 0)) {
          encodingIsRight(a, bytes);
        }
      }
    }
  }

  private static void encodingIsRight(long[] a, byte[] bytes) {
    Field.encode(bytes, 0, a, 0);
    assertThat(BigIntegerEd25519.number(bytes, 0, 32)).isEqualTo(mod(a, 0));
    assertThat(Field.isZero(a, 0)).isEqualTo(mod(a, 0).signum() == 0);
    assertThat(Field.isOdd(a, 0)).isEqualTo(mod(a, 0).testBit(0));
  }

  @Test
  void decoding_uses_255_bits_and_ignores_the_last() {
    Random random = new Random(4);
    long[] a = new long[Field.LIMBS];
    byte[] bytes = new byte[40];
    for (int n = 0; n < 1_000; n++) {
      random.nextBytes(bytes);
      if (n % 3 == 0) {
        java.util.Arrays.fill(bytes, (byte) (n % 2 == 0 ? 0 : -1));
      }
      Field.decode(a, 0, bytes, n % 8);
      assertThat(value(a, 0))
          .isEqualTo(BigIntegerEd25519.number(bytes, n % 8, n % 8 + 32).clearBit(255));
    }
  }

  @Test
  void powers_match_their_names() {
    Random random = new Random(5);
    long[] a = new long[2 * Field.LIMBS];
    BigInteger root = P.subtract(BigInteger.valueOf(5)).shiftRight(3);
    for (int n = 0; n < 50; n++) {
      draw(random, a, 0);
      Field.invert(a, 5, a, 0);
      assertThat(mod(a, 5)).isEqualTo(mod(a, 0).modPow(P.subtract(BigInteger.TWO), P));
      Field.powerForRoot(a, 5, a, 0);
      assertThat(mod(a, 5)).isEqualTo(mod(a, 0).modPow(root, P));
    }
    java.util.Arrays.fill(a, 0);
    Field.invert(a, 5, a, 0);
    assertThat(Field.isZero(a, 5)).isTrue();
  }
}
