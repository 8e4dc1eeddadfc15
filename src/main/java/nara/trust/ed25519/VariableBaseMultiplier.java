package nara.trust.ed25519;

/** Multiplies a point that has no table: by doublings, and additions of sixteen multiples. */
final class VariableBaseMultiplier {
  private static final int WIDTH = 5;
  private static final int COUNT = 1 << WIDTH - 1;

  private final long[] entries = new long[COUNT * Point.PROJECTIVE_ENTRY];
  private final int[] digits = new int[Scalar.windows(WIDTH)];
  private final Point multiple = new Point();

  /** sum = scalar·point, for a scalar below L. Does not change the point. */
  void multiply(Point sum, long[] scalar, Point point) {
    multiple.copy(point);
    multiple.toProjective(entries, 0);
    for (int j = 1; j < COUNT; j++) {
      multiple.addProjective(entries, 0, false);
      multiple.toProjective(entries, j * Point.PROJECTIVE_ENTRY);
    }
    Scalar.digits(digits, scalar, WIDTH);
    sum.setNeutral();
    for (int i = digits.length - 1; i >= 0; i--) {
      for (int j = 1; j <= WIDTH; j++) {
        sum.doubleInPlace(j == WIDTH);
      }
      int digit = digits[i];
      if (digit != 0) {
        sum.addProjective(entries, (Math.abs(digit) - 1) * Point.PROJECTIVE_ENTRY, digit < 0);
      }
    }
  }
}
