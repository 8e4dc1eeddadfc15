package nara.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import nara.ledger.Query;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class PaceProperties {
  @Property
  void whatever_answers_take_page_and_window_stay_within_their_bounds(
      @ForAll @Size(max = 60) List<@IntRange(min = -1, max = 100_000) Integer> millis,
      @ForAll @IntRange(max = Query.MOST) int events) {
    Pace pace = new Pace();
    for (int took : millis) {
      answer(pace, events, took);
      assertThat(pace.page()).isBetween(Pace.LEAST_PAGE, Query.MOST);
      assertThat(pace.window()).isBetween(1, Pace.MOST_WINDOW);
    }
  }

  @Property
  void whoever_answers_quickly_is_soon_asked_for_most(
      @ForAll @Size(max = 30) List<@IntRange(min = -1, max = 9_000) Integer> before,
      @ForAll @IntRange(min = 1, max = 400) int quick) {
    Pace pace = new Pace();
    before.forEach(took -> answer(pace, 1_000, took));
    for (int i = 0; i < 40; i++) {
      // So quick that it is as good as the best before, whatever that was.
      answer(pace, Query.MOST, Math.min(quick, 5));
    }
    assertThat(pace.page()).isEqualTo(Query.MOST);
    assertThat(pace.window()).isEqualTo(Pace.MOST_WINDOW);
  }

  @Property
  void whoever_is_slow_is_soon_asked_for_little(
      @ForAll @Size(max = 30) List<@IntRange(min = -1, max = 9_000) Integer> before,
      @ForAll @IntRange(min = 1_501, max = 60_000) int slow) {
    Pace pace = new Pace();
    before.forEach(took -> answer(pace, 1_000, took));
    for (int i = 0; i < 10; i++) {
      answer(pace, pace.page(), slow);
    }
    assertThat(pace.page()).isEqualTo(Pace.LEAST_PAGE);
    assertThat(pace.window()).isEqualTo(1);
  }

  @Property
  void no_answer_halves_the_page_and_leaves_one_request_under_way(
      @ForAll @Size(max = 30) List<@IntRange(min = 0, max = 9_000) Integer> before) {
    Pace pace = new Pace();
    before.forEach(took -> answer(pace, 1_000, took));
    int page = pace.page();

    pace.failed();

    assertThat(pace.page()).isEqualTo(Math.max(Pace.LEAST_PAGE, page / 2));
    assertThat(pace.window()).isEqualTo(1);
  }

  private static void answer(Pace pace, int events, int millis) {
    if (millis < 0) {
      pace.failed();
    } else {
      pace.answered(events, Duration.ofMillis(millis));
    }
  }
}
