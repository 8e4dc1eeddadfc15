package nara.plaza;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.plaza.PlazaRequest.AskLedgers;
import nara.plaza.PlazaRequest.LedgerAnswer;
import nara.plaza.PlazaRequest.LedgersAnswered;
import nara.trust.TrustRequest.Offered;
import org.junit.jupiter.api.Test;

/** Stories of one round, on a clock of the test's own: quiet 10 s, deadline 60 s. */
class LedgerAskingTest {
  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
  private static final LedgerAnswer FROM_BART =
      new LedgerAnswer("bart", 100, 1, new Offered(1, 1, 0, 0, 0, 0, Map.of(), Set.of()));

  private final LedgerAsking round =
      new LedgerAsking(
          new AskLedgers(
              Map.of("bart", List.of("homer"), "lisa", List.of("marge")),
              Duration.ofSeconds(10),
              Duration.ofSeconds(60)),
          Duration.ofSeconds(40),
          START);

  private static Instant at(long seconds) {
    return START.plusSeconds(seconds);
  }

  private LedgersAnswered ended(long seconds) {
    return round.result(at(seconds), "lost the broker").orElseThrow();
  }

  private boolean goesOn(long seconds) {
    return round.result(at(seconds), "lost the broker").isEmpty();
  }

  private void bartAnswers(long seconds) {
    assertThat(round.answered("bart", at(seconds))).isTrue();
    round.merged(FROM_BART, at(seconds));
  }

  @Test
  void it_is_done_when_all_answers_are_merged_and_not_before() {
    assertThat(round.connected(at(0))).containsExactly("bart", "lisa");
    bartAnswers(1);
    assertThat(round.answered("lisa", at(2))).isTrue();
    assertThat(goesOn(2)).isTrue();
    assertThat(goesOn(40)).isTrue();

    round.merged(FROM_BART, at(41));

    assertThat(ended(41).trouble()).isEmpty();
    assertThat(ended(41).silent()).isEmpty();
    assertThat(ended(41).answers()).hasSize(2);
  }

  @Test
  void who_stays_silent_is_asked_once_more_and_then_given_up() {
    round.connected(at(0));
    bartAnswers(3);

    assertThat(round.repeats(at(7))).isEmpty();
    assertThat(round.repeats(at(8))).containsExactly("lisa");
    assertThat(round.repeats(at(9))).isEmpty();
    assertThat(goesOn(12)).isTrue();
    assertThat(ended(13).silent()).containsExactly("lisa");
    assertThat(ended(13).trouble()).isEqualTo("nothing came for 10000 ms");
  }

  @Test
  void while_the_broker_is_away_no_quiet_period_runs_and_those_silent_are_asked_again() {
    round.connected(at(0));
    bartAnswers(1);
    round.lost(at(2));
    assertThat(goesOn(35)).isTrue();

    assertThat(round.connected(at(35))).containsExactly("lisa");
    assertThat(goesOn(50)).as("others may come back later than we do").isTrue();
    assertThat(round.answered("lisa", at(51))).isTrue();
    round.merged(FROM_BART, at(51));
    assertThat(ended(51).trouble()).isEmpty();
  }

  @Test
  void a_broker_that_stays_away_ends_it_at_the_deadline() {
    round.connected(at(0));
    round.lost(at(1));

    assertThat(goesOn(59)).isTrue();
    assertThat(ended(60).trouble()).isEqualTo("lost the broker");
    assertThat(ended(60).silent()).containsExactlyInAnyOrder("bart", "lisa");
  }

  @Test
  void a_broker_that_was_never_there_ends_it_after_the_quiet_period() {
    assertThat(goesOn(9)).isTrue();
    assertThat(ended(10).trouble()).isEqualTo("lost the broker");
  }

  @Test
  void who_announces_itself_is_asked_again_once_unless_it_answered() {
    round.connected(at(0));
    bartAnswers(1);

    assertThat(round.announced("bart", at(2))).isFalse();
    assertThat(round.announced("lisa", at(2))).isTrue();
    assertThat(round.announced("lisa", at(3))).isFalse();
    assertThat(round.announced("maggie", at(3))).isFalse();
  }

  @Test
  void answers_of_those_not_asked_and_floods_of_answers_are_not_taken() {
    round.connected(at(0));

    assertThat(round.answered("maggie", at(1))).isFalse();
    bartAnswers(1);
    bartAnswers(1);
    bartAnswers(1);
    assertThat(round.answered("bart", at(1))).isFalse();
  }

  @Test
  void an_answer_that_could_not_be_merged_counts_as_silence() {
    round.connected(at(0));
    bartAnswers(1);
    assertThat(round.answered("lisa", at(1))).isTrue();
    round.failed("lisa", at(2));

    assertThat(ended(12).silent()).containsExactly("lisa");
  }

  @Test
  void it_looks_again_when_something_may_be_due() {
    round.connected(at(0));

    assertThat(round.next(at(0))).isEqualTo(Duration.ofSeconds(5));
    assertThat(round.next(at(5))).isEqualTo(Duration.ofSeconds(5));
    assertThat(round.next(at(59))).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void nobody_to_ask_is_done_at_once() {
    LedgerAsking nobody =
        new LedgerAsking(
            new AskLedgers(Map.of(), Duration.ofSeconds(10), Duration.ofSeconds(60)),
            Duration.ZERO,
            START);
    assertThat(nobody.result(START, "").orElseThrow().trouble()).isEmpty();
  }
}
