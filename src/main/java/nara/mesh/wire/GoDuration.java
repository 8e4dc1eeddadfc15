package nara.mesh.wire;

import java.math.BigDecimal;
import java.time.Duration;

/**
 * Durations in the notation of the reference's error texts: {@code 31.000998134s}, {@code
 * 5m1.410545898s}, {@code 250ms}.
 */
public final class GoDuration {
  private GoDuration() {}

  /** The text; what does not fit in 64 bits of nanoseconds is shown as the largest that does. */
  public static String format(Duration duration) {
    Duration size = duration.abs();
    String sign = duration.isNegative() ? "-" : "";
    if (size.isZero()) {
      return "0s";
    }
    if (size.compareTo(Duration.ofSeconds(1)) < 0) {
      return sign + belowOneSecond(size.toNanos());
    }
    Duration most = Duration.ofNanos(Long.MAX_VALUE);
    Duration shown = size.compareTo(most) > 0 ? most : size;
    StringBuilder text = new StringBuilder(sign);
    if (shown.toHours() > 0) {
      text.append(shown.toHours()).append('h');
    }
    if (shown.toMinutes() > 0) {
      text.append(shown.toMinutesPart()).append('m');
    }
    BigDecimal seconds =
        BigDecimal.valueOf(shown.toSecondsPart())
            .add(BigDecimal.valueOf(shown.toNanosPart(), 9))
            .stripTrailingZeros();
    return text.append(seconds.toPlainString()).append('s').toString();
  }

  private static String belowOneSecond(long nanos) {
    if (nanos >= 1_000_000) {
      return fraction(nanos, 6) + "ms";
    }
    return nanos >= 1_000 ? fraction(nanos, 3) + "µs" : nanos + "ns";
  }

  private static String fraction(long nanos, int digits) {
    return BigDecimal.valueOf(nanos, digits).stripTrailingZeros().toPlainString();
  }
}
