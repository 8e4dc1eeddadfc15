package nara.trust.ed25519;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Compares scalars with BigInteger, also near multiples of L and powers of two. */
class ScalarTest {
  private static final BigInteger L = BigIntegerEd25519.L;

  private static BigInteger value(long[] scalar) {
    BigInteger sum = BigInteger.ZERO;
    for (int i = 3; i >= 0; i--) {
      sum = sum.shiftLeft(64).add(new BigInteger(Long.toUnsignedString(scalar[i])));
    }
    return sum;
  }

  /** Numbers of at most so many bits: near powers of two and multiples of L, and random ones. */
  private static List<BigInteger> numbers(int bits, long seed) {
    List<BigInteger> all = new ArrayList<>();
    Random random = new Random(seed);
    for (int i = 0; i <= bits; i++) {
      all.add(BigInteger.TWO.pow(i));
      all.add(BigInteger.TWO.pow(bits).subtract(BigInteger.TWO.pow(i)));
    }
    for (int i = 0; i < 2_000; i++) {
      all.add(new BigInteger(1 + random.nextInt(bits), random));
      all.add(L.multiply(new BigInteger(1 + random.nextInt(Math.max(1, bits - 253)), random)));
    }
    for (int i = 0; i < 64; i++) {
      all.add(L.multiply(BigInteger.valueOf(i)));
    }
    List<BigInteger> near = new ArrayList<>();
    for (BigInteger number : all) {
      for (int off = -2; off <= 2; off++) {
        BigInteger next = number.add(BigInteger.valueOf(off));
        if (next.signum() >= 0 && next.bitLength() <= bits) {
          near.add(next);
        }
      }
    }
    return near;
  }

  @Test
  void scalars_of_512_bits_are_reduced_modulo_l() {
    long[] r = new long[Scalar.LONGS];
    byte[] bytes = new byte[64];
    for (BigInteger number : numbers(512, 1)) {
      for (int i = 0; i < 64; i++) {
        bytes[i] = number.shiftRight(8 * i).byteValue();
      }
      Scalar.reduce(r, bytes);
      assertThat(value(r)).isEqualTo(number.mod(L));
    }
  }

  @Test
  void range_check_accepts_only_scalars_below_l() {
    byte[] bytes = new byte[34];
    for (BigInteger number : numbers(256, 2)) {
      System.arraycopy(BigIntegerEd25519.littleEndian(number), 0, bytes, 2, 32);
      assertThat(Scalar.isBelowOrder(bytes, 2)).isEqualTo(number.compareTo(L) < 0);
    }
  }

  @Test
  void digits_add_up_to_the_scalar_at_every_width() {
    long[] scalar = new long[Scalar.LONGS];
    for (int width = 2; width <= 16; width++) {
      int[] digits = new int[Scalar.windows(width)];
      for (BigInteger number : numbers(253, 3)) {
        BigInteger below = number.mod(L);
        Scalar.decode(scalar, BigIntegerEd25519.littleEndian(below), 0);
        assertThat(value(scalar)).isEqualTo(below);
        Scalar.digits(digits, scalar, width);
        BigInteger sum = BigInteger.ZERO;
        for (int i = digits.length - 1; i >= 0; i--) {
          assertThat(Math.abs(digits[i])).isLessThanOrEqualTo(1 << width - 1);
          sum = sum.shiftLeft(width).add(BigInteger.valueOf(digits[i]));
        }
        assertThat(sum).isEqualTo(below);
      }
    }
  }
}
