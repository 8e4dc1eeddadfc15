package nara.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import nara.clock.NetworkClock;
import org.junit.jupiter.api.Test;

class ClockDoubtTest {
  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
  private static final Duration HOUR = NetworkClock.MAX_AGE;

  private final ClockDoubt doubt = new ClockDoubt();

  private boolean explains(Duration after) {
    return doubt.explainsSilence(true, false, START.plus(after));
  }

  @Test
  void strangers_who_renew_their_votes_stop_judging_for_an_hour_at_most() {
    assertThat(explains(Duration.ZERO)).isTrue();
    assertThat(explains(HOUR.minusSeconds(1))).isTrue();
    for (int minutes = 60; minutes < 600; minutes += 10) {
      assertThat(explains(Duration.ofMinutes(minutes))).isFalse();
    }
  }

  @Test
  void doubt_begins_again_after_an_hour_without_a_reason_for_it() {
    explains(Duration.ZERO);
    explains(HOUR);
    assertThat(doubt.explainsSilence(false, false, START.plus(HOUR.plusMinutes(10)))).isFalse();
    assertThat(explains(HOUR.plusMinutes(20))).as("a short break").isFalse();

    assertThat(explains(HOUR.multipliedBy(3))).isTrue();
  }

  @Test
  void configured_neighbours_stop_judging_as_long_as_they_disagree() {
    for (int hours = 0; hours < 10; hours++) {
      assertThat(doubt.explainsSilence(true, true, START.plus(Duration.ofHours(hours)))).isTrue();
    }
  }
}
