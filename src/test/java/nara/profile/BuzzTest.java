package nara.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.IntSummaryStatistics;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");

  @Test
  void buzz_falls_with_time_and_rises_with_messages() {
    Buzz buzz = new Buzz(NOW);
    assertThat(buzz.level(NOW)).isEqualTo(100);
    assertThat(buzz.level(NOW.plusSeconds(10))).isEqualTo(70);
    assertThat(buzz.level(NOW.plusSeconds(100))).isZero();
    buzz.add(10, NOW.plusSeconds(100));
    assertThat(buzz.level(NOW.plusSeconds(101))).isEqualTo(7);
    buzz.add(1_000, NOW.plusSeconds(102));
    assertThat(buzz.level(NOW.plusSeconds(102))).isEqualTo(Buzz.MAX);
    IntSummaryStatistics others = IntStream.of(Buzz.MAX).summaryStatistics();
    assertThat(buzz.weightedLevel(others, NOW.plusSeconds(102))).isBetween(180, 182);
  }

  @Test
  void newspaper_interval_is_between_30_seconds_and_5_minutes() {
    Buzz buzz = new Buzz(NOW);
    assertThat(buzz.chattiness(0, NOW.plusSeconds(119))).isEqualTo(100);
    assertThat(buzz.chattiness(0, NOW.plusSeconds(120))).isEqualTo(20);
    assertThat(buzz.chattiness(182, NOW.plusSeconds(120))).isEqualTo(100);
    assertThat(Buzz.newspaperInterval(100)).isEqualTo(Duration.ofSeconds(30));
    assertThat(Buzz.newspaperInterval(20)).isEqualTo(Duration.ofSeconds(246));
    assertThat(Buzz.newspaperInterval(0)).isEqualTo(Duration.ofSeconds(300));
  }

  @Test
  void howdy_names_five_neighbours_when_the_memory_is_short() {
    assertThat(Profile.of("mqtt", "short", 20_000).howdyNeighbours()).isEqualTo(5);
    assertThat(Profile.of("mqtt", "hog", 320_000).howdyNeighbours()).isEqualTo(10);
  }
}
