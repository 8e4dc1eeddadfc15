package nara.social;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import nara.identity.Personality;
import nara.profile.Status;
import nara.testing.Citizen;
import nara.testing.Statuses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trends: how often a nara joins, starts and leaves one. */
class TrendRulesTest {
  private static final int TRIES = 10_000;
  private static final Trend BARTS = new Trend("bart-style", "🎈");

  private final SplittableRandom random = new SplittableRandom(3);

  private static List<Status> online(int followers, int others) {
    List<Status> online = new ArrayList<>();
    for (int i = 0; i < followers + others; i++) {
      Statuses status = Statuses.of(Citizen.named("n" + i).identity(), "");
      online.add(i < followers ? status.trend("bart-style", "🎈").status() : status.status());
    }
    return online;
  }

  /** Of 10,000 tries. */
  private int times(Personality personality, Trend own, List<Status> online, Trend wanted) {
    TrendRules rules = new TrendRules("lisa", personality, random);
    int count = 0;
    for (int i = 0; i < TRIES; i++) {
      Trend next = rules.next(own, online);
      count += next.equals(wanted) ? 1 : 0;
    }
    return count;
  }

  @Test
  void agreeable_nara_joins_a_trend() {
    List<Status> online = online(2, 2);

    assertThat(times(new Personality(75, 0, 0), Trend.NONE, online, BARTS)).isBetween(4_800, 5_200);
    assertThat(times(new Personality(0, 0, 0), Trend.NONE, online, BARTS)).isZero();
  }

  @Test
  void sociable_nara_starts_a_trend_and_seldom_another_one() {
    int first = TRIES - times(new Personality(0, 90, 0), Trend.NONE, online(0, 4), Trend.NONE);
    int second = TRIES - times(new Personality(0, 90, 0), Trend.NONE, online(1, 4), Trend.NONE);

    // 9 % and the whole part of 4.5 %.
    assertThat(first).isBetween(800, 1_000);
    assertThat(second).isBetween(300, 500);
    Trend started = Trend.NONE;
    TrendRules rules = new TrendRules("lisa", new Personality(0, 90, 0), random);
    while (started.equals(Trend.NONE)) {
      started = rules.next(Trend.NONE, List.of());
    }
    assertThat(started.name()).isEqualTo("lisa-style");
    assertThat(started.emoji()).isNotEmpty();
  }

  @Test
  void contrary_nara_rebels_when_all_follow_one_trend() {
    int rebels = TRIES - times(new Personality(0, 0, 0), Trend.NONE, online(4, 0), Trend.NONE);

    assertThat(rebels).isBetween(2_350, 2_650);
  }

  @Test
  void follower_leaves_sooner_when_it_is_alone_and_not_chilled() {
    Personality chilled = new Personality(0, 0, 100);
    Personality hectic = new Personality(0, 0, 0);

    assertThat(times(chilled, BARTS, online(1, 1), Trend.NONE)).isZero();
    assertThat(times(chilled, BARTS, online(0, 2), Trend.NONE)).isBetween(500, 700);
    assertThat(times(hectic, BARTS, online(1, 1), Trend.NONE)).isBetween(1_850, 2_150);
    assertThat(times(hectic, BARTS, online(0, 2), Trend.NONE)).isBetween(2_400, 2_800);
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "line\nbreak", "much-too-long"})
  void indecent_trend_is_not_repeated(String name) {
    String trend = name.equals("much-too-long") ? "x".repeat(65) : name;
    List<Status> online =
        List.of(Statuses.of(Citizen.named("n").identity(), "").trend(trend, "x").status());

    assertThat(times(new Personality(99, 0, 0), Trend.NONE, online, Trend.NONE)).isEqualTo(TRIES);
  }

  @Test
  void same_seed_gives_the_same_trends() {
    List<Status> online = online(1, 3);
    Personality personality = new Personality(50, 50, 50);
    TrendRules one = new TrendRules("lisa", personality, new SplittableRandom(8));
    TrendRules other = new TrendRules("lisa", personality, new SplittableRandom(8));
    Trend a = Trend.NONE;
    Trend b = Trend.NONE;
    for (int i = 0; i < 1_000; i++) {
      a = one.next(a, online);
      b = other.next(b, online);
      assertThat(a).isEqualTo(b);
    }
  }
}
