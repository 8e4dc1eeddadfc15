package nara.ledger;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * The mean of what observers report, after leaving out what is far from the median: the way in
 * which naras agree on a number without trusting any one of them.
 */
public final class TrimmedMean {
  /** A value is far when it is not within this factor of the median. */
  private static final long FACTOR = 5;

  /** The bounds around a median of zero, which has no factor. */
  private static final long AROUND_ZERO = 10;

  private TrimmedMean() {}

  /**
   * The trimmed mean; 0 for no values. The median is the upper one of an even number. Kept are the
   * values from a fifth of it to five times it, ends included; when nothing is left, it is the
   * median. All divisions are of integers and towards zero.
   */
  public static long of(long... values) {
    if (values.length == 0) {
      return 0;
    }
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    long median = sorted[sorted.length / 2];
    long near = median == 0 ? -AROUND_ZERO : median / FACTOR;
    long far = median == 0 ? AROUND_ZERO : fivefold(median);
    long low = Math.min(near, far);
    long high = Math.max(near, far);
    BigInteger sum = BigInteger.ZERO;
    int count = 0;
    for (long value : sorted) {
      if (value >= low && value <= high) {
        sum = sum.add(BigInteger.valueOf(value));
        count++;
      }
    }
    return count == 0 ? median : sum.divide(BigInteger.valueOf(count)).longValueExact();
  }

  /** The trimmed mean of those values that are above zero. */
  public static long ofPositive(long... values) {
    return of(Arrays.stream(values).filter(value -> value > 0).toArray());
  }

  private static long fivefold(long value) {
    long product = value * FACTOR;
    if (product / FACTOR != value) {
      return value > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
    }
    return product;
  }
}
