package nara.node.config;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads and writes durations: a whole number and its unit, such as {@code "30s"}. */
public final class Durations {
  // Fifteen digits of hours still fit into a Duration's seconds.
  private static final Pattern TEXT = Pattern.compile("(\\d{1,15})(ms|s|m|h)");

  private static final Map<String, Duration> UNITS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1));

  private Durations() {}

  /** Reads texts like {@code 500ms}, {@code 30s}, {@code 5m} and {@code 24h}. */
  public static Optional<Duration> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(UNITS.get(matcher.group(2)).multipliedBy(Long.parseLong(matcher.group(1))))
        : Optional.empty();
  }

  /** Writes a duration in the largest unit that is exact. */
  public static String format(Duration duration) {
    String unit =
        Stream.of("h", "m", "s")
            .filter(each -> duration.toMillis() % UNITS.get(each).toMillis() == 0)
            .findFirst()
            .orElse("ms");
    return duration.isZero() ? "0s" : duration.dividedBy(UNITS.get(unit)) + unit;
  }
}
