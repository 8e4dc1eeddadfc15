package nara.bounds;

/**
 * Sums that stay at the ends of 64 bits. Numbers in events are chosen by peers, so an honest sum
 * must not turn negative because of one of them.
 */
public final class Saturated {
  private Saturated() {}

  /** The sum, or the end of 64 bits beyond which it lies. */
  public static long add(long a, long b) {
    long sum = a + b;
    boolean overflows = ((a ^ sum) & (b ^ sum)) < 0;
    return overflows ? end(a) : sum;
  }

  /** The difference, or the end of 64 bits beyond which it lies. */
  public static long subtract(long a, long b) {
    long difference = a - b;
    boolean overflows = ((a ^ b) & (a ^ difference)) < 0;
    return overflows ? end(a) : difference;
  }

  private static long end(long sign) {
    return sign < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }
}
