package nara.social;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import nara.identity.Identity;
import nara.identity.Personality;
import nara.identity.Soul;
import nara.profile.Flair.Award;
import nara.social.AwardRules.Rated;
import nara.social.TeaseRules.Facts;
import org.junit.jupiter.api.Test;

/** The five reasons of a tease, and the distinctions in a flair. */
class TeaseRulesTest {
  private static final long NOW = Instant.parse("2026-11-01T00:00:00Z").getEpochSecond();
  private static final long TEN_DAYS_AGO = NOW - 10 * 86_400;

  /** A nara with a personality that a test needs. */
  private static TeaseRules rules(int agreeableness, int sociability, int chill) {
    Identity some =
        Identity.of("lisa", Soul.generate("lisa", new SplittableRandom(agreeableness + chill)));
    return new TeaseRules(
        new Identity(
            "lisa",
            some.soul(),
            some.id(),
            some.keys(),
            new Personality(agreeableness, sociability, chill),
            true));
  }

  private static Facts facts(long startTime, long restarts, boolean back, boolean abandoned) {
    return new Facts("bart", startTime, restarts, back, abandoned, false);
  }

  /** The reason, unless the nara was teased at random. */
  private static Optional<TeaseReason> reason(TeaseRules rules, Facts facts) {
    return rules.reason(facts, NOW).filter(reason -> reason != TeaseReason.RANDOM);
  }

  @Test
  void nara_that_restarts_more_often_than_tolerated_is_teased() {
    // 2 a day − 0.25 + 0.5 + 0.25 = 2.5 a day are tolerated.
    TeaseRules average = rules(50, 50, 50);

    assertThat(reason(average, facts(TEN_DAYS_AGO, 25, false, false)))
        .contains(TeaseReason.HIGH_RESTARTS);
    assertThat(reason(average, facts(TEN_DAYS_AGO, 24, false, false))).isEmpty();
    assertThat(reason(rules(99, 0, 99), facts(TEN_DAYS_AGO, 25, false, false))).isEmpty();
    assertThat(reason(average, facts(NOW - 3_600, 25, false, false))).isEmpty();
    assertThat(reason(average, facts(0, 1_000_001, false, false)))
        .isNotEqualTo(Optional.of(TeaseReason.HIGH_RESTARTS));
  }

  @Test
  void nice_numbers_are_palindromes_round_and_famous_ones() {
    for (long nice : List.of(11L, 42L, 69L, 100L, 121L, 404L, 700L, 1_337L, 12_321L)) {
      assertThat(TeaseRules.isNice(nice)).as("%d", nice).isTrue();
    }
    for (long plain : List.of(-11L, 0L, 1L, 9L, 10L, 12L, 110L, 1_338L)) {
      assertThat(TeaseRules.isNice(plain)).as("%d", plain).isFalse();
    }
  }

  @Test
  void nice_number_of_restarts_is_remarked_on_by_most() {
    int remarked = 0;
    for (long number = 11; number < 100; number += 11) {
      Facts facts = facts(NOW - 10_000 * 86_400, number, false, false);
      remarked += reason(rules(50, 50, 50), facts).isPresent() ? 1 : 0;
    }
    assertThat(remarked).isBetween(4, 8);
  }

  @Test
  void comeback_is_remarked_on_by_sociable_naras() {
    assertThat(reason(rules(50, 41, 50), facts(0, 0, true, false))).contains(TeaseReason.COMEBACK);
    assertThat(reason(rules(50, 40, 50), facts(0, 0, true, false))).isEmpty();
  }

  @Test
  void abandoned_trend_is_remarked_on_when_it_was_popular() {
    assertThat(reason(rules(70, 20, 50), facts(0, 0, false, true)))
        .contains(TeaseReason.TREND_ABANDON);
    assertThat(reason(rules(71, 20, 50), facts(0, 0, false, true))).isEmpty();
    assertThat(rules(0, 0, 0).isPopular(0.3)).isTrue();
    assertThat(rules(0, 0, 0).isPopular(0.29)).isFalse();
    assertThat(rules(0, 99, 0).isPopular(0.11)).isTrue();
    assertThat(rules(0, 0, 0).isPopular(Double.NaN)).isFalse();
  }

  @Test
  void random_tease_is_rare_and_likelier_for_a_neighbour() {
    assertThat(randomTeases(false)).isBetween(50, 250);
    assertThat(randomTeases(true)).isBetween(250, 600);
  }

  private static int randomTeases(boolean sameBarrio) {
    TeaseRules rules = rules(50, 50, 50);
    int teases = 0;
    for (int second = 0; second < 10_000; second++) {
      Facts facts = new Facts("bart", 0, 0, false, false, sameBarrio);
      teases += rules.reason(facts, NOW + second).isPresent() ? 1 : 0;
    }
    return teases;
  }

  @Test
  void every_reason_has_a_sentence_about_its_target() {
    for (TeaseReason reason : TeaseReason.values()) {
      assertThat(TeaseReason.sentence(reason.label(), "bart")).contains("bart");
      assertThat(TeaseReason.sentence(reason.label(), "100%s")).contains("100%s");
    }
    assertThat(TeaseReason.HIGH_RESTARTS.label()).isEqualTo("high-restarts");
    assertThat(TeaseReason.sentence("journey-pass", "bart")).isEmpty();
  }

  @Test
  void awards_go_to_the_oldest_youngest_and_most_restarted() {
    Rated me = new Rated("lisa", 100, 9, true);
    List<Rated> others =
        List.of(
            new Rated("bart", 200, 1, false),
            new Rated("moe", 300, 2, true),
            new Rated("ned", 0, 3, true));

    assertThat(AwardRules.of(me, others))
        .isEqualTo(Set.of(Award.OLDEST, Award.OLDEST_OF_BARRIO, Award.MOST_RESTARTS));
    assertThat(AwardRules.of(new Rated("lisa", 250, 0, true), others))
        .isEqualTo(Set.of(Award.OLDEST_OF_BARRIO));
    assertThat(AwardRules.of(new Rated("lisa", 0, 0, true), others))
        .isEqualTo(Set.of(Award.AGE_UNKNOWN));
    assertThat(AwardRules.of(me, others.subList(0, 2))).isEmpty();
  }
}
