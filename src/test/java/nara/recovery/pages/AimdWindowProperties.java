package nara.recovery.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import nara.ledger.Query;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class AimdWindowProperties {
  @Property
  void page_and_window_stay_within_bounds_for_any_latency(
      @ForAll @Size(max = 60) List<@IntRange(min = -1, max = 100_000) Integer> millis,
      @ForAll @IntRange(max = Query.MAX_EVENTS) int events) {
    AimdWindow window = new AimdWindow();
    for (int took : millis) {
      answer(window, events, took);
      assertThat(window.pageSize()).isBetween(PagesLimits.MIN_PAGE_SIZE, Query.MAX_EVENTS);
      assertThat(window.window()).isBetween(1, PagesLimits.MAX_WINDOW);
    }
  }

  @Property
  void fast_peer_soon_gets_the_maximum(
      @ForAll @Size(max = 30) List<@IntRange(min = -1, max = 9_000) Integer> before,
      @ForAll @IntRange(min = 1, max = 400) int quick) {
    AimdWindow window = new AimdWindow();
    before.forEach(took -> answer(window, 1_000, took));
    for (int i = 0; i < 40; i++) {
      // So quick that it is as good as the best before, whatever that was.
      answer(window, Query.MAX_EVENTS, Math.min(quick, 5));
    }
    assertThat(window.pageSize()).isEqualTo(Query.MAX_EVENTS);
    assertThat(window.window()).isEqualTo(PagesLimits.MAX_WINDOW);
  }

  @Property
  void slow_link_soon_gets_small_pages(
      @ForAll @Size(max = 30) List<@IntRange(min = -1, max = 9_000) Integer> before,
      @ForAll @IntRange(max = 2_000) int latencyMillis,
      @ForAll @IntRange(min = 8, max = 50) int millisPerEvent) {
    AimdWindow window = new AimdWindow();
    before.forEach(took -> answer(window, 1_000, took));
    for (int i = 0; i < 40; i++) {
      answer(window, window.pageSize(), latencyMillis + window.pageSize() * millisPerEvent);
    }
    assertThat(window.pageSize()).isLessThanOrEqualTo(2 * PagesLimits.MIN_PAGE_SIZE);
    assertThat(window.window()).isLessThanOrEqualTo(2);
  }

  @Property
  void distant_peer_soon_gets_large_pages_and_several_requests(
      @ForAll @IntRange(min = 1_501, max = 10_000) int latencyMillis,
      @ForAll @IntRange(max = 60) int microsPerEvent) {
    AimdWindow window = new AimdWindow();
    int[] sizes = {980, 49, 300};
    for (int size : sizes) {
      answer(window, size, latencyMillis + size * microsPerEvent / 1_000);
    }
    assertThat(window.pageSize()).as("after a sketch").isGreaterThanOrEqualTo(2_000);
    for (int i = 0; i < 10; i++) {
      answer(window, window.pageSize(), latencyMillis + window.pageSize() * microsPerEvent / 1_000);
    }
    assertThat(window.pageSize()).isEqualTo(Query.MAX_EVENTS);
    assertThat(window.window()).isEqualTo(PagesLimits.MAX_WINDOW);
  }

  @Property
  void no_answer_halves_the_page_and_leaves_one_request_under_way(
      @ForAll @Size(max = 30) List<@IntRange(min = 0, max = 9_000) Integer> before) {
    AimdWindow window = new AimdWindow();
    before.forEach(took -> answer(window, 1_000, took));
    int page = window.pageSize();

    window.onFailure();

    assertThat(window.pageSize()).isEqualTo(Math.max(PagesLimits.MIN_PAGE_SIZE, page / 2));
    assertThat(window.window()).isEqualTo(1);
  }

  @Property
  void small_requests_fill_the_largest_window_unless_the_peer_is_slow_or_fails(
      @ForAll @Size(max = 30) List<@IntRange(min = -1, max = 9_000) Integer> before) {
    AimdWindow window = new AimdWindow();
    before.forEach(took -> answer(window, 1_000, took));

    boolean troubled = window.window() < PagesLimits.INITIAL_WINDOW;
    assertThat(window.windowOfSmall()).isEqualTo(troubled ? 1 : PagesLimits.MAX_WINDOW);
  }

  private static void answer(AimdWindow window, int events, int millis) {
    if (millis < 0) {
      window.onFailure();
    } else {
      window.onResponse(events, Duration.ofMillis(millis));
    }
  }
}
