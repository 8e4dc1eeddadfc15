package nara.trust.ed25519;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Points, their tables and their multiples against the oracle; those of small order included. */
class PointTest {
  private static final Random RANDOM = new Random(6);

  /** B, random points, all of small order, and random ones with torsion. */
  static List<Oracle.Affine> points() {
    List<Oracle.Affine> points = new ArrayList<>(List.of(Oracle.B, Oracle.NEUTRAL));
    byte[] bytes = new byte[32];
    while (points.size() < 14) {
      RANDOM.nextBytes(bytes);
      Oracle.decode(bytes)
          .ifPresent(
              point -> {
                points.add(point);
                points.add(point.times(Oracle.L));
              });
    }
    return points;
  }

  private static Point point(Oracle.Affine affine) {
    Point point = new Point();
    assertThat(point.decode(affine.encoded(), 0)).isTrue();
    return point;
  }

  private static byte[] encoded(Point point) {
    byte[] bytes = new byte[32];
    Affine affine = new Affine(1);
    affine.add(point);
    affine.invert();
    affine.encode(bytes, 0, 0);
    return bytes;
  }

  private static long[] scalar(BigInteger number) {
    long[] scalar = new long[Scalar.LONGS];
    Scalar.decode(scalar, Oracle.little(number), 0);
    return scalar;
  }

  private static List<BigInteger> scalars() {
    List<BigInteger> scalars =
        new ArrayList<>(
            List.of(
                BigInteger.ZERO,
                BigInteger.ONE,
                BigInteger.valueOf(8),
                Oracle.L.subtract(BigInteger.ONE),
                BigInteger.TWO.pow(252),
                BigInteger.TWO.pow(252).subtract(BigInteger.ONE)));
    for (int i = 0; i < 4; i++) {
      scalars.add(new BigInteger(512, RANDOM).mod(Oracle.L));
    }
    return scalars;
  }

  @Test
  void decodingFindsWhatTheOracleFindsInAnyBytes() {
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
      var expected = Oracle.decode(bytes);
      assertThat(point.decode(bytes, 0)).isEqualTo(expected.isPresent());
      if (expected.isPresent()) {
        assertThat(encoded(point)).isEqualTo(expected.get().encoded());
      }
    }
  }

  @Test
  void sumsAreRightForEveryPairOfPointsEqualOppositeOrNeutral() {
    List<Oracle.Affine> all = points();
    all.add(all.get(4).minus());
    long[] entry = new long[Point.ENTRY];
    long[] projective = new long[Point.PROJECTIVE];
    for (Oracle.Affine a : all) {
      for (Oracle.Affine b : all) {
        Affine affine = new Affine(1);
        affine.add(point(b));
        affine.invert();
        affine.entry(entry, 0, 0);
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
      twice.twice(true);
      assertThat(encoded(twice)).isEqualTo(a.plus(a).encoded());
      Point minus = point(a);
      minus.negate();
      assertThat(encoded(minus)).isEqualTo(a.minus().encoded());
      assertThat(point(a).isNeutral()).isEqualTo(a.equals(Oracle.NEUTRAL));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 6, 7, 8, 9, 10, 11, 12})
  void tablesOfEveryWidthGiveTheOraclesMultiples(int width) {
    int[] digits = new int[Scalar.windows(width)];
    for (Oracle.Affine base : points().subList(0, 5)) {
      WindowTable table = new WindowTable(point(base), width);
      for (BigInteger number : scalars()) {
        Scalar.digits(digits, scalar(number), width);
        Point sum = new Point();
        table.add(sum, digits);
        table.touch(digits);
        assertThat(encoded(sum)).isEqualTo(base.times(number).encoded());
      }
    }
  }

  @Test
  void multiplesWithoutATableAreTheOraclesToo() {
    Multiples multiples = new Multiples();
    Point sum = new Point();
    for (Oracle.Affine base : points()) {
      for (BigInteger number : scalars()) {
        multiples.multiply(sum, scalar(number), point(base));
        assertThat(encoded(sum)).isEqualTo(base.times(number).encoded());
      }
    }
  }

  @Test
  void widthsThatAreNotOfferedAreRefused() {
    assertThatThrownBy(() -> new WindowTable(point(Oracle.B), 3))
        .hasMessage("a window has 4 to 12 bits, not 3");
    assertThatThrownBy(() -> new WindowTable(point(Oracle.B), 13))
        .hasMessage("a window has 4 to 12 bits, not 13");
  }

  @Test
  void theSizesOfTablesAreThoseThatAreDocumented() {
    assertThat(Ed25519.tableBytes(6)).isEqualTo(161_520);
    assertThat(Ed25519.tableBytes(8)).isEqualTo(480_000);
    assertThat(Ed25519.tableBytes(11)).isEqualTo(2_826_240);
  }

  @Test
  void onlySmallOrderIsSmallOrderAndOnlyCanonicalFormsAreCanonical() {
    for (Oracle.Affine point : points()) {
      boolean small = point.times(BigInteger.valueOf(8)).equals(Oracle.NEUTRAL);
      byte[] bytes = point.encoded();
      assertThat(Ed25519.isSmallOrder(bytes, 0)).isEqualTo(small);
      assertThat(Ed25519.isCanonical(bytes, 0)).isTrue();
    }
    for (int i = 0; i < 19; i++) {
      byte[] bytes = Oracle.little(Oracle.P.add(BigInteger.valueOf(i)));
      assertThat(Ed25519.isCanonical(bytes, 0)).isFalse();
    }
    byte[] one = Oracle.little(BigInteger.ONE.setBit(255));
    byte[] minusOne = Oracle.little(Oracle.P.subtract(BigInteger.ONE).setBit(255));
    assertThat(Ed25519.isCanonical(one, 0)).isFalse();
    assertThat(Ed25519.isCanonical(minusOne, 0)).isFalse();
  }
}
