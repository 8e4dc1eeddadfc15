package nara.recovery.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LookTimesTest {
  private static final Instant START = Instant.parse("2026-11-22T20:00:00Z");

  @ParameterizedTest
  @CsvSource({"60, 25", "600, 190", "86400, 335"})
  void a_neighbour_that_comes_after_so_many_seconds_is_found_soon(int comes, int within) {
    for (int seed = 0; seed < 100; seed++) {
      LookTimes times = new LookTimes(new SplittableRandom(seed), START);
      Instant coming = START.plusSeconds(comes);
      Instant look = START;
      int looks = 0;
      while (look.isBefore(coming)) {
        look = look.plus(times.nextWait(look));
        looks++;
      }
      assertThat(Duration.between(coming, look)).isLessThan(Duration.ofSeconds(within));
      assertThat(looks).isLessThan(12 + 20 + comes / 250);
    }
  }

  @Test
  void strangers_cause_recoveries_that_find_nothing_less_and_less_often() {
    LookTimes times = new LookTimes(new SplittableRandom(1), START);
    assertThat(times.asksStrangers(START)).isTrue();
    int recoveries = 0;
    for (int second = 0; second < 3_600; second++) {
      if (times.asksStrangers(START.plusSeconds(second))) {
        times.onNothingObtained(START.plusSeconds(second));
        recoveries++;
      }
    }
    assertThat(recoveries).isBetween(10, 20);
  }

  @ParameterizedTest
  @CsvSource({"0, 5", "3, 2", "5, 0", "60, 0"})
  void a_neighbour_that_appears_is_asked_at_once_but_not_again_and_again(int after, int wait) {
    LookTimes times = new LookTimes(new SplittableRandom(1), START);
    assertThat(times.waitAfterAppearance(START.plusSeconds(after)))
        .isEqualTo(Duration.ofSeconds(wait));
  }
}
