package nara.plaza;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import nara.identity.PublicKey;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;

class CompanyTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final PublicKey KEY = Citizen.named("bart").key();

  private final Company company = new Company("lisa");

  private static Heard.Hello hello(String name, Instant time) {
    return new Heard.Hello(name, "id-" + name, "h:1", KEY, nanos(time), new byte[0]);
  }

  private static Heard.Goodbye goodbye(String name, Instant time) {
    return new Heard.Goodbye(name, KEY, nanos(time), new byte[0]);
  }

  private static long nanos(Instant time) {
    return time.getEpochSecond() * 1_000_000_000L + time.getNano();
  }

  private java.util.List<String> names() {
    return company.some(10, "marge", new SplittableRandom(1)).stream()
        .map(HowdyMessage.Acquaintance::name)
        .toList();
  }

  @Test
  void a_greeting_said_again_is_no_news() {
    assertThat(company.hello(hello("bart", NOW), NOW)).isTrue();
    assertThat(company.hello(hello("bart", NOW), NOW)).isFalse();
    assertThat(company.goodbye(goodbye("bart", NOW.minusSeconds(1)), NOW)).isFalse();
    assertThat(names()).containsExactly("bart");
  }

  @Test
  void who_says_goodbye_is_gone_until_it_says_hello_later() {
    company.hello(hello("bart", NOW), NOW);

    assertThat(company.goodbye(goodbye("bart", NOW.plusSeconds(1)), NOW)).isTrue();
    assertThat(names()).isEmpty();
    assertThat(company.hello(hello("bart", NOW), NOW)).as("an old hello").isFalse();
    assertThat(names()).isEmpty();
    assertThat(company.hello(hello("bart", NOW.plusSeconds(2)), NOW)).isTrue();
    assertThat(names()).containsExactly("bart");
  }

  @Test
  void greetings_of_another_day_are_no_news() {
    assertThat(company.hello(hello("bart", NOW.minus(Duration.ofDays(1))), NOW)).isFalse();
    assertThat(company.hello(hello("bart", NOW.plus(Duration.ofDays(1))), NOW)).isFalse();
    assertThat(names()).isEmpty();
  }

  @Test
  void no_more_than_the_most_are_named_and_never_the_one_greeted_or_this_node() {
    company.hello(hello("lisa", NOW), NOW);
    company.hello(hello("marge", NOW), NOW);
    assertThat(names()).isEmpty();
    for (int i = 0; i < 30; i++) {
      company.hello(hello("n" + i, NOW), NOW);
    }
    assertThat(names()).hasSize(10).allMatch(name -> name.startsWith("n")).doesNotHaveDuplicates();
  }

  @Test
  void howdies_are_counted_from_the_last_announcement_on_and_only_then() {
    company.howdyTo("bart");
    assertThat(company.howdiesTo("bart")).isZero();
    company.hello(hello("bart", NOW), NOW);
    company.howdyTo("bart");
    company.howdyTo("bart");
    assertThat(company.howdiesTo("bart")).isEqualTo(2);
    company.hello(hello("bart", NOW.plusSeconds(1)), NOW);
    assertThat(company.howdiesTo("bart")).isZero();
  }

  @Test
  void it_does_not_grow_without_end() {
    for (int i = 0; i < 3 * Company.MOST; i++) {
      company.hello(hello("n" + i, NOW), NOW);
    }
    assertThat(company.some(Integer.MAX_VALUE, "marge", new SplittableRandom(1)))
        .hasSize(Company.MOST);
  }

  @Test
  void the_buzz_of_those_who_are_here_is_bounded_whatever_they_claim() {
    assertThat(company.averageBuzz()).isZero();
    assertThat(company.highestBuzz()).isZero();
    tell("bart", 100_000);
    tell("milhouse", -5);
    tell("nelson", 10);
    tell("lisa", 182);

    assertThat(company.highestBuzz()).isEqualTo(Buzz.MOST);
    assertThat(company.averageBuzz()).isEqualTo(64);
    company.goodbye(goodbye("bart", NOW), NOW);
    assertThat(company.highestBuzz()).isEqualTo(10);
  }

  private void tell(String name, int buzz) {
    Status status =
        Status.of(Citizen.named(name).identity(), "test", "")
            .telling(Profile.of("mqtt", "short", 1), 1, 1, buzz, 1);
    company.told(name, KEY, status, NOW);
  }

  @Test
  void buzz_falls_with_time_and_rises_with_what_is_heard() {
    Buzz buzz = new Buzz(NOW);
    assertThat(buzz.level(NOW)).isEqualTo(100);
    assertThat(buzz.level(NOW.plusSeconds(10))).isEqualTo(70);
    assertThat(buzz.level(NOW.plusSeconds(100))).isZero();
    buzz.heard(10, NOW.plusSeconds(100));
    assertThat(buzz.level(NOW.plusSeconds(101))).isEqualTo(7);
    buzz.heard(1_000, NOW.plusSeconds(102));
    assertThat(buzz.level(NOW.plusSeconds(102))).isEqualTo(Buzz.MOST);
    assertThat(buzz.weighted(Buzz.MOST, Buzz.MOST, NOW.plusSeconds(102))).isBetween(180, 182);
  }

  @Test
  void who_is_young_or_hears_much_speaks_every_half_minute_and_never_less_than_in_five() {
    Buzz buzz = new Buzz(NOW);
    assertThat(buzz.chattiness(0, NOW.plusSeconds(119))).isEqualTo(100);
    assertThat(buzz.chattiness(0, NOW.plusSeconds(120))).isEqualTo(20);
    assertThat(buzz.chattiness(182, NOW.plusSeconds(120))).isEqualTo(100);
    assertThat(Buzz.pause(100)).isEqualTo(Duration.ofSeconds(30));
    assertThat(Buzz.pause(20)).isEqualTo(Duration.ofSeconds(246));
    assertThat(Buzz.pause(0)).isEqualTo(Duration.ofSeconds(300));
  }

  @Test
  void a_howdy_of_a_node_with_a_short_memory_names_five_neighbours() {
    assertThat(Profile.of("mqtt", "short", 20_000).howdyNeighbours()).isEqualTo(5);
    assertThat(Profile.of("mqtt", "hog", 320_000).howdyNeighbours()).isEqualTo(10);
  }

  @Test
  void an_allowance_is_used_up_by_one_and_by_all_and_begins_anew() {
    Allowance allowance = new Allowance(2, 3, Duration.ofSeconds(10));

    assertThat(allowance.take("a", NOW)).isTrue();
    assertThat(allowance.take("a", NOW)).isTrue();
    assertThat(allowance.take("a", NOW)).isFalse();
    assertThat(allowance.take("b", NOW)).isTrue();
    assertThat(allowance.take("c", NOW.plusSeconds(9))).isFalse();
    assertThat(allowance.take("a", NOW.plusSeconds(10))).isTrue();
    assertThat(allowance.take("a", NOW.minusSeconds(99))).as("the clock was set back").isTrue();
  }
}
