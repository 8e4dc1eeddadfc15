package nara.ledger;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * The mean of reported values without those far from the median. So naras agree on a number without
 * trusting any single one.
 */
public final class TrimmedMean {
  /** A value beyond this factor of the median is left out. */
  private static final long FACTOR = 5;

  /** The bounds around a median of zero. */
  private static final long AROUND_ZERO = 10;

  private TrimmedMean() {}

  /**
   * The trimmed mean; 0 without values. Of an even number of values, the upper median counts. The
   * values from a fifth of it to five times it remain, ends included; without any, the result is
   * the median. Divisions round towards zero.
   */
  public static long of(long... values) {
    if (values.length == 0) {
      return 0;
    }
    long median = LongStream.of(values).sorted().skip(values.length / 2).findFirst().orElse(0);
    long near = median == 0 ? -AROUND_ZERO : median / FACTOR;
    long far = median == 0 ? AROUND_ZERO : timesFactor(median);
    long[] kept =
        LongStream.of(values)
            .filter(value -> value >= Math.min(near, far) && value <= Math.max(near, far))
            .toArray();
    return kept.length == 0
        ? median
        : LongStream.of(kept)
            .mapToObj(BigInteger::valueOf)
            .reduce(BigInteger.ZERO, BigInteger::add)
            .divide(BigInteger.valueOf(kept.length))
            .longValueExact();
  }

  /** The trimmed mean of the values above zero. */
  public static long ofPositive(long... values) {
    return of(Arrays.stream(values).filter(value -> value > 0).toArray());
  }

  /** Five times the value, limited to what a long can hold. */
  private static long timesFactor(long value) {
    long product = value * FACTOR;
    if (product / FACTOR == value) {
      return product;
    }
    return value > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
  }
}
