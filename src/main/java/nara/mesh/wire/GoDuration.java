package nara.mesh.wire;

import java.math.BigDecimal;
import java.time.Duration;

/**
 * Durations in the notation of the reference's error texts: {@code 31.000998134s}, {@code
 * 5m1.410545898s}, {@code 250ms}.
 */
public final class GoDuration {
  private GoDuration() {}

  /** The text; more than 64 bits of nanoseconds are shown as the largest 64-bit value. */
  public static String format(Duration duration) {
    Duration max = Duration.ofNanos(Long.MAX_VALUE);
    Duration size = duration.abs().compareTo(max) > 0 ? max : duration.abs();
    String sign = duration.isNegative() ? "-" : "";
    if (size.isZero()) {
      return "0s";
    }
    long nanos = size.toNanos();
    if (nanos < 1_000) {
      return sign + nanos + "ns";
    }
    if (nanos < 1_000_000) {
      return sign + decimal(nanos, 3) + "µs";
    }
    if (nanos < 1_000_000_000) {
      return sign + decimal(nanos, 6) + "ms";
    }
    String hours = size.toHours() > 0 ? size.toHours() + "h" : "";
    String minutes = size.toMinutes() > 0 ? size.toMinutesPart() + "m" : "";
    return sign + hours + minutes + decimal(nanos % 60_000_000_000L, 9) + "s";
  }

  private static String decimal(long unscaled, int scale) {
    return BigDecimal.valueOf(unscaled, scale).stripTrailingZeros().toPlainString();
  }
}
