package nara.trust.ed25519;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import nara.trust.ed25519.BigIntegerEd25519.Affine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares points, tables and multiples with {@link BigIntegerEd25519}, also at small order. */
class PointTest {
  private static final Random RANDOM = new Random(6);

  /** B, random points, all points of small order, and random points with torsion. */
  static List<Affine> points() {
    List<Affine> points = new ArrayList<>(List.of(BigIntegerEd25519.B, BigIntegerEd25519.NEUTRAL));
    byte[] bytes = new byte[32];
    while (points.size() < 14) {
      RANDOM.nextBytes(bytes);
      BigIntegerEd25519.decode(bytes)
          .ifPresent(
              point -> {
                points.add(point);
                points.add(point.times(BigIntegerEd25519.L));
              });
    }
    return points;
  }

  private static Point point(Affine affine) {
    Point point = new Point();
    assertThat(point.decode(affine.encoded(), 0)).isTrue();
    return point;
  }

  private static byte[] encoded(Point point) {
    byte[] bytes = new byte[32];
    AffineBatch batch = new AffineBatch(1);
    batch.add(point);
    batch.invert();
    batch.encode(bytes, 0, 0);
    return bytes;
  }

  private static long[] scalar(BigInteger number) {
    long[] scalar = new long[Scalar.LONGS];
    Scalar.decode(scalar, BigIntegerEd25519.littleEndian(number), 0);
    return scalar;
  }

  private static List<BigInteger> scalars() {
    List<BigInteger> scalars =
        new ArrayList<>(
            List.of(
                BigInteger.ZERO,
                BigInteger.ONE,
                BigInteger.valueOf(8),
                BigIntegerEd25519.L.subtract(BigInteger.ONE),
                BigInteger.TWO.pow(252),
                BigInteger.TWO.pow(252).subtract(BigInteger.ONE)));
    for (int i = 0; i < 4; i++) {
      scalars.add(new BigInteger(512, RANDOM).mod(BigIntegerEd25519.L));
    }
    return scalars;
  }

  @Test
  void decoding_matches_big_integer_decoding() {
    byte[] bytes = new byte[32];
    Point point = new Point();
    for (int n = 0; n < 1_500; n++) {
      if (n < 512) {
        // The smallest and the largest values of y, with and without a sign.
        java.util.Arrays.fill(bytes, (byte) (n < 256 ? 0 : -1));
        bytes[0] = (byte) (n >> 1);
        bytes[31] = (byte) (bytes[31] & 0x7f | (n & 1) << 7);
      } else {
        RANDOM.nextBytes(bytes);
      }
      var expected = BigIntegerEd25519.decode(bytes);
      assertThat(point.decode(bytes, 0)).isEqualTo(expected.isPresent());
      if (expected.isPresent()) {
        assertThat(encoded(point)).isEqualTo(expected.get().encoded());
      }
    }
  }

  @Test
  void sums_are_correct_for_equal_opposite_and_neutral_points() {
    List<Affine> all = points();
    all.add(all.get(4).minus());
    long[] entry = new long[Point.AFFINE_ENTRY];
    long[] projective = new long[Point.PROJECTIVE_ENTRY];
    for (Affine a : all) {
      for (Affine b : all) {
        AffineBatch batch = new AffineBatch(1);
        batch.add(point(b));
        batch.invert();
        batch.writeEntry(entry, 0, 0);
        Point scaled = point(b);
        scaled.add(entry, 0, false);
        scaled.add(entry, 0, true);
        scaled.toProjective(projective, 0);
        for (boolean opposite : new boolean[] {false, true}) {
          byte[] expected = a.plus(opposite ? b.minus() : b).encoded();
          Point sum = point(a);
          sum.add(entry, 0, opposite);
          assertThat(encoded(sum)).isEqualTo(expected);
          sum = point(a);
          sum.addProjective(projective, 0, opposite);
          assertThat(encoded(sum)).isEqualTo(expected);
        }
      }
      Point twice = point(a);
      twice.doubleInPlace(true);
      assertThat(encoded(twice)).isEqualTo(a.plus(a).encoded());
      Point minus = point(a);
      minus.negate();
      assertThat(encoded(minus)).isEqualTo(a.minus().encoded());
      assertThat(point(a).isNeutral()).isEqualTo(a.equals(BigIntegerEd25519.NEUTRAL));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 6, 7, 8, 9, 10, 11, 12})
  void tables_of_every_width_match_big_integer_multiples(int width) {
    int[] digits = new int[Scalar.windows(width)];
    for (Affine base : points().subList(0, 5)) {
      WindowTable table = new WindowTable(point(base), width);
      for (BigInteger number : scalars()) {
        Scalar.digits(digits, scalar(number), width);
        Point sum = new Point();
        table.add(sum, digits);
        table.prefetch(digits);
        assertThat(encoded(sum)).isEqualTo(base.times(number).encoded());
      }
    }
  }

  @Test
  void multiples_without_table_match_big_integer_multiples() {
    VariableBaseMultiplier multiplier = new VariableBaseMultiplier();
    Point sum = new Point();
    for (Affine base : points()) {
      for (BigInteger number : scalars()) {
        multiplier.multiply(sum, scalar(number), point(base));
        assertThat(encoded(sum)).isEqualTo(base.times(number).encoded());
      }
    }
  }

  @Test
  void unsupported_widths_are_rejected() {
    assertThatThrownBy(() -> new WindowTable(point(BigIntegerEd25519.B), 3))
        .hasMessage("width: expected 4 to 12, got 3");
    assertThatThrownBy(() -> new WindowTable(point(BigIntegerEd25519.B), 13))
        .hasMessage("width: expected 4 to 12, got 13");
  }

  @Test
  void table_sizes_match_the_documentation() {
    assertThat(Ed25519.tableBytes(6)).isEqualTo(161_520);
    assertThat(Ed25519.tableBytes(8)).isEqualTo(480_000);
    assertThat(Ed25519.tableBytes(11)).isEqualTo(2_826_240);
  }

  @Test
  void small_order_and_canonical_form_are_recognised() {
    for (Affine point : points()) {
      boolean small = point.times(BigInteger.valueOf(8)).equals(BigIntegerEd25519.NEUTRAL);
      byte[] bytes = point.encoded();
      assertThat(Ed25519.isSmallOrder(bytes, 0)).isEqualTo(small);
      assertThat(Ed25519.isCanonical(bytes, 0)).isTrue();
    }
    for (int i = 0; i < 19; i++) {
      byte[] bytes = BigIntegerEd25519.littleEndian(BigIntegerEd25519.P.add(BigInteger.valueOf(i)));
      assertThat(Ed25519.isCanonical(bytes, 0)).isFalse();
    }
    byte[] one = BigIntegerEd25519.littleEndian(BigInteger.ONE.setBit(255));
    byte[] minusOne =
        BigIntegerEd25519.littleEndian(BigIntegerEd25519.P.subtract(BigInteger.ONE).setBit(255));
    assertThat(Ed25519.isCanonical(one, 0)).isFalse();
    assertThat(Ed25519.isCanonical(minusOne, 0)).isFalse();
  }
}
