package nara.metrics;

import java.util.Arrays;
import java.util.Locale;

/** The text formats of Prometheus. */
final class ExpositionType {
  static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
  static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private ExpositionType() {}

  /** The format of a response to a request with this header. Other formats are not served. */
  static String of(String accept) {
    boolean openMetrics =
        Arrays.stream(accept.toLowerCase(Locale.ROOT).replace(" ", "").split(","))
            .filter(type -> type.startsWith("application/openmetrics-text"))
            .anyMatch(type -> !type.matches(".*;q=0(\\.0*)?(;.*)?"));
    return openMetrics ? OPEN_METRICS : TEXT;
  }
}
