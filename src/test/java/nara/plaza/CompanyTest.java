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
