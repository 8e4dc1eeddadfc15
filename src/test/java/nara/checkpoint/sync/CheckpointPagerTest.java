package nara.checkpoint.sync;

import static nara.checkpoint.sync.FetchOutcomes.BART;
import static nara.checkpoint.sync.FetchOutcomes.QUICK;
import static nara.checkpoint.sync.FetchOutcomes.failed;
import static nara.checkpoint.sync.FetchOutcomes.fetched;
import static nara.checkpoint.sync.FetchOutcomes.lastPage;
import static nara.checkpoint.sync.FetchOutcomes.list;
import static nara.checkpoint.sync.FetchOutcomes.offered;
import static nara.checkpoint.sync.FetchOutcomes.page;
import static nara.mesh.wire.MeshFailure.BAD_SIGNATURE;
import static nara.mesh.wire.MeshFailure.CUT_OFF;
import static nara.mesh.wire.MeshFailure.MALFORMED;
import static nara.mesh.wire.MeshFailure.STALLED;
import static nara.mesh.wire.MeshFailure.STATUS;
import static nara.mesh.wire.MeshFailure.STOPPING;
import static nara.mesh.wire.MeshFailure.TOO_LARGE;
import static nara.mesh.wire.MeshFailure.UNREACHABLE;
import static nara.mesh.wire.MeshFailure.UNSUPPORTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import nara.checkpoint.sync.CheckpointSyncRequest.PeerSyncResult;
import nara.ledger.Query;
import nara.ledger.Query.Page;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FetchOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CheckpointPagerTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final CheckpointSyncConfig CONFIG = new CheckpointSyncConfig(5, 1_000, TIMEOUT);
  private static final String ALL = "page all 1000";

  /** An outcome, and the next request; the first request is always a page. */
  record Row(FetchOutcome outcome, String next) {}

  static Stream<Arguments> stories() {
    return Stream.of(
        story("one page", row(lastPage(7), "end")),
        story(
            "next page starts one nanosecond before the last event",
            row(page(1_000, 5_000), "page 4999 1000"),
            row(page(1_000, 9_000), "page 8999 1000"),
            row(lastPage(3), "end")),
        story(
            "an empty page leads to the older endpoint",
            row(lastPage(0), "list 0 1000"),
            row(list(1_000, true), "list 1000 1000"),
            row(list(12, false), "end")),
        story(
            "a peer without checkpoints",
            row(lastPage(0), "list 0 1000"),
            row(list(0, false), "end")),
        story(
            "an unsupported mode is not retried",
            row(failed(UNSUPPORTED), "list 0 1000"),
            row(failed(UNSUPPORTED), "end")),
        story(
            "the next offset follows the events that came",
            row(lastPage(0), "list 0 1000"),
            row(list(10, true), "list 10 1000"),
            row(list(0, true), "end")),
        story(
            "a failed page is retried with half the size, which stays",
            row(page(1_000, 5_000), "page 4999 1000"),
            row(failed(TOO_LARGE), "page 4999 500"),
            row(page(500, 7_000), "page 6999 500"),
            row(lastPage(1), "end")),
        story(
            "a page that fails twice ends the pager",
            row(page(1_000, 5_000), "page 4999 1000"),
            row(failed(MALFORMED), "page 4999 500"),
            row(failed(MALFORMED), "end")),
        story(
            "a first page that fails twice leads to the older endpoint when the peer responds",
            row(failed(STATUS), "page all 500"),
            row(failed(STATUS), "list 0 1000"),
            row(failed(CUT_OFF), "list 0 500"),
            row(list(500, true), "list 500 500"),
            row(list(1, false), "end")),
        story(
            "a wrong signature on pages leads to the older endpoint",
            row(failed(BAD_SIGNATURE), "page all 500"),
            row(failed(BAD_SIGNATURE), "list 0 1000"),
            row(failed(BAD_SIGNATURE), "list 0 500"),
            row(failed(BAD_SIGNATURE), "end")),
        story(
            "an unreachable peer is asked twice",
            row(failed(UNREACHABLE), "page all 500"),
            row(failed(UNREACHABLE), "end")),
        story(
            "a stalled peer is asked twice",
            row(failed(STALLED), "page all 500"),
            row(failed(STALLED), "end")),
        story("a stopping node sends no more requests", row(failed(STOPPING), "end")),
        story(
            "a page of one timestamp is fetched with the largest size",
            row(page(1_000, 5_000), "page 4999 1000"),
            row(page(1_000, 5_000), "page 4999 5000"),
            row(page(5_000, 6_000), "page 5999 1000"),
            row(lastPage(2), "end")),
        story(
            "a timestamp larger than the largest page leads to offsets",
            row(page(1_000, 5_000), "page 4999 1000"),
            row(page(1_000, 5_000), "page 4999 5000"),
            row(page(5_000, 5_000), "list 0 1000"),
            row(list(1_000, false), "end")),
        story(
            "a cursor that goes back is no progress",
            row(page(1_000, 5_000), "page 4999 1000"),
            row(page(1_000, 17), "page 4999 5000"),
            row(page(1_000, Long.MIN_VALUE), "list 0 1000"),
            row(list(0, false), "end")),
        story(
            "a cursor at the largest timestamp ends",
            row(page(1, Long.MAX_VALUE), "page 9223372036854775806 1000"),
            row(lastPage(0), "end")),
        story(
            "a first cursor at the smallest timestamp is no progress",
            row(page(1, Long.MIN_VALUE), "page all 5000"),
            row(page(1, Long.MIN_VALUE), "list 0 1000"),
            row(list(0, false), "end")),
        story(
            "an empty page with a cursor leads to the older endpoint",
            row(page(0, 5_000), "list 0 1000"),
            row(list(0, false), "end")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stories")
  void response_determines_the_next_request(String name, List<Row> rows) {
    CheckpointPager pager = new CheckpointPager(BART, CONFIG);
    List<String> requests = new ArrayList<>();
    assertThat(text(pager.nextRequest())).isEqualTo(ALL);

    for (Row row : rows) {
      requests.add(pager.onOutcome(row.outcome()).map(CheckpointPagerTest::text).orElse("end"));
    }

    assertThat(requests).containsExactlyElementsOf(rows.stream().map(Row::next).toList());
    assertThat(pager.isFinished()).isTrue();
  }

  @Test
  void requests_have_the_configured_timeout_and_no_subjects() {
    CheckpointPager pager = new CheckpointPager(BART, CONFIG);

    assertThat(pager.nextRequest())
        .isEqualTo(
            new MeshRequest.FetchPage(
                BART,
                new Page(Long.MIN_VALUE, 1_000, new Query.Filter(Set.of("checkpoint"), Set.of())),
                TIMEOUT));
    assertThat(pager.onOutcome(failed(UNSUPPORTED)))
        .contains(new MeshRequest.FetchCheckpointPage(BART, 0, 1_000, TIMEOUT));
  }

  @Test
  void peer_without_checkpoint_endpoints_has_not_failed() {
    CheckpointPager pager = new CheckpointPager(BART, CONFIG);
    pager.nextRequest();
    pager.onOutcome(lastPage(0));

    assertThat(pager.onOutcome(failed(UNSUPPORTED))).isEmpty();
    assertThat(pager.result().requests()).isEqualTo(2);
    assertThat(pager.result().failures()).isZero();
    assertThat(pager.result().reason()).isEmpty();
  }

  @Test
  void result_has_all_totals_and_the_last_failure() {
    CheckpointPager pager = new CheckpointPager(BART, CONFIG);
    pager.nextRequest();
    pager.onOutcome(fetched(10, Optional.of(50L), false, offered(6, 3, 1), QUICK));
    pager.onOutcome(failed(CUT_OFF));
    pager.onOutcome(fetched(4, Optional.empty(), false, offered(0, 4, 0), QUICK));

    assertThat(pager.result())
        .isEqualTo(
            new PeerSyncResult(
                "bart", 3, 1, true, "CUT_OFF for a test", 7_000, 14, offered(6, 7, 1)));
    assertThat(pager.hasGivenAll()).isTrue();
  }

  @Test
  void peer_has_not_given_all_when_all_its_checkpoints_are_rejected() {
    CheckpointPager pager = new CheckpointPager(BART, CONFIG);
    pager.nextRequest();
    pager.onOutcome(fetched(1_000, Optional.empty(), false, offered(0, 0, 1_000), QUICK));

    assertThat(pager.hasGivenAll()).isFalse();
    assertThat(pager.result().offerResult().rejected()).isEqualTo(1_000);
  }

  @Test
  void endless_cursors_end_at_the_request_limit() {
    CheckpointPager pager = new CheckpointPager(BART, CONFIG);
    long cursor = 0;
    Optional<MeshRequest<FetchOutcome>> next = Optional.of(pager.nextRequest());
    while (next.isPresent()) {
      cursor += 2;
      next =
          pager.onOutcome(
              fetched(1_000, Optional.of(cursor), false, offered(0, 0, 1_000), Duration.ZERO));
    }

    assertThat(pager.result().requests()).isEqualTo(CheckpointPager.MAX_REQUESTS);
    assertThat(pager.result().reason()).contains("gave up after 1000 requests");
  }

  @Test
  void endless_short_pages_end_at_their_limit() {
    CheckpointPager pager = new CheckpointPager(BART, CONFIG);
    Optional<MeshRequest<FetchOutcome>> next = Optional.of(pager.nextRequest());
    for (long cursor = 1; next.isPresent(); cursor += 2) {
      next = pager.onOutcome(fetched(999, Optional.of(cursor), false, offered(999, 0, 0), QUICK));
    }

    assertThat(pager.result().requests()).isEqualTo(CheckpointPager.MAX_SHORT_PAGES + 1);
    assertThat(pager.result().reason()).contains("not full");
    assertThat(pager.result().whole()).isFalse();
  }

  @Test
  void endless_offsets_end_at_the_request_limit() {
    CheckpointPager pager = new CheckpointPager(BART, CONFIG);
    pager.nextRequest();
    Optional<MeshRequest<FetchOutcome>> next = pager.onOutcome(failed(UNSUPPORTED));
    while (next.isPresent()) {
      next =
          pager.onOutcome(
              fetched(Integer.MAX_VALUE / 3, Optional.empty(), true, offered(0, 1, 0), QUICK));
    }

    assertThat(pager.result().requests()).isLessThanOrEqualTo(CheckpointPager.MAX_REQUESTS);
    assertThat(pager.result().reason()).contains("gave up");
  }

  @Test
  void slow_peer_ends_after_twelve_timeouts() {
    CheckpointPager pager = new CheckpointPager(BART, CONFIG);
    Optional<MeshRequest<FetchOutcome>> next = Optional.of(pager.nextRequest());
    for (long cursor = 1; next.isPresent(); cursor += 2) {
      next = pager.onOutcome(fetched(1, Optional.of(cursor), false, offered(1, 0, 0), TIMEOUT));
    }

    assertThat(pager.result().requests()).isEqualTo(CheckpointPager.MAX_TIMEOUTS);
    assertThat(pager.result().reason()).contains("gave up after 120 s");
    assertThat(pager.result().whole()).isFalse();
  }

  @Test
  void peer_that_fails_every_other_time_ends_after_ten_failures() {
    CheckpointPager pager = new CheckpointPager(BART, CONFIG);
    Optional<MeshRequest<FetchOutcome>> next = Optional.of(pager.nextRequest());
    for (long cursor = 1; next.isPresent(); cursor += 2) {
      next = pager.onOutcome(cursor % 4 == 1 ? page(1, cursor) : failed(CUT_OFF));
    }

    assertThat(pager.result().failures()).isEqualTo(CheckpointPager.MAX_FAILURES);
    assertThat(pager.result().reason()).contains("gave up after 10 failures", "CUT_OFF");
  }

  @Test
  void page_size_of_one_is_raised_to_two() {
    CheckpointPager pager = new CheckpointPager(BART, new CheckpointSyncConfig(5, 1, TIMEOUT));

    assertThat(text(pager.nextRequest())).isEqualTo("page all 2");
    pager.onOutcome(page(2, 100));
    assertThat(pager.onOutcome(failed(STALLED)).map(CheckpointPagerTest::text))
        .contains("page 99 2");
  }

  @Test
  void abandon_sets_the_reason_only_before_the_end() {
    CheckpointPager finished = new CheckpointPager(BART, CONFIG);
    finished.nextRequest();
    finished.onOutcome(lastPage(1));
    finished.abandon("stopped");
    CheckpointPager running = new CheckpointPager(BART, CONFIG);
    running.nextRequest();
    running.abandon("stopped");

    assertThat(finished.result().reason()).isEmpty();
    assertThat(running.result().reason()).isEqualTo("stopped");
    assertThat(running.isFinished()).isTrue();
  }

  private static Arguments story(String name, Row... rows) {
    return Arguments.of(name, List.of(rows));
  }

  private static Row row(FetchOutcome outcome, String next) {
    return new Row(outcome, next);
  }

  private static String text(MeshRequest<FetchOutcome> request) {
    return switch (request) {
      case MeshRequest.FetchPage fetchPage -> {
        Page page = (Page) fetchPage.query();
        String after = page.after() == Long.MIN_VALUE ? "all" : String.valueOf(page.after());
        yield "page %s %d".formatted(after, page.size());
      }
      case MeshRequest.FetchCheckpointPage list ->
          "list %d %d".formatted(list.offset(), list.limit());
    };
  }
}
