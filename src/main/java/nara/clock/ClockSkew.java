package nara.clock;

import java.time.Duration;

/**
 * The difference between this node's clock and the clocks of most neighbours.
 *
 * @param offset what to add to this node's time; positive when this node's clock is behind
 * @param neighbours whose clocks agree on it
 */
public record ClockSkew(Duration offset, int neighbours) {
  /** A sentence for the operator, without a full stop. */
  public String sentence() {
    return "this node's clock seems to be %s %s that of %d %s; set it, for example by NTP"
        .formatted(
            inWords(offset),
            offset.isNegative() ? "ahead of" : "behind",
            neighbours,
            neighbours == 1 ? "neighbour" : "neighbours");
  }

  /**
   * The size of a duration, rounded: seconds below two minutes, minutes below an hour, hours below
   * two days, then days. Examples: {@code 40 s}, {@code 5 min}, {@code 1 h}, {@code 3 d}.
   */
  public static String inWords(Duration duration) {
    long seconds = Math.abs(duration.toSeconds());
    if (seconds < 120) {
      return seconds + " s";
    }
    if (seconds < 3_570) {
      return Math.round(seconds / 60.0) + " min";
    }
    return seconds < 2 * 86_400
        ? Math.round(seconds / 3_600.0) + " h"
        : Math.round(seconds / 86_400.0) + " d";
  }
}
