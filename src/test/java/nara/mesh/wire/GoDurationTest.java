package nara.mesh.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0s",
    "31, 998134, 31.000998134s",
    "301, 410545898, 5m1.410545898s",
    "3600, 0, 1h0m0s",
    "0, 250000000, 250ms",
    "0, 1500, 1.5µs",
    "0, 7, 7ns",
    "-31, 0, -31s",
    "-32, 500000000, -31.5s",
    "9000000000000, 0, 2562047h47m16.854775807s",
  })
  void durations_are_written_like_the_reference(long seconds, long nanos, String text) {
    assertThat(GoDuration.format(Duration.ofSeconds(seconds, nanos))).isEqualTo(text);
  }
}
