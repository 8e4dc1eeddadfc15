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

  /** What happened, and the requests that it led to; the first one is always a page. */
  record Row(FetchOutcome outcome, String next) {}

  static Stream<Arguments> stories() {
    return Stream.of(
        story("one page", row(lastPage(7), "end")),
        story(
            "pages go on one nanosecond before the last event",
            row(page(1_000, 5_000), "page 4999 1000"),
            row(page(1_000, 9_000), "page 8999 1000"),
            row(lastPage(3), "end")),
        story(
            "nothing by pages leads to the older endpoint",
            row(lastPage(0), "list 0 1000"),
            row(list(1_000, true), "list 1000 1000"),
            row(list(12, false), "end")),
        story("nothing at all", row(lastPage(0), "list 0 1000"), row(list(0, false), "end")),
        story(
            "an unsupported mode is not asked for twice",
            row(failed(UNSUPPORTED), "list 0 1000"),
            row(failed(UNSUPPORTED), "end")),
        story(
            "the older endpoint goes on after what came, however little",
            row(lastPage(0), "list 0 1000"),
            row(list(10, true), "list 10 1000"),
            row(list(0, true), "end")),
        story(
            "a failed page is asked for once more, for half of it",
            row(page(1_000, 5_000), "page 4999 1000"),
            row(failed(TOO_LARGE), "page 4999 500"),
            row(page(500, 7_000), "page 6999 1000"),
            row(lastPage(1), "end")),
        story(
            "a page that fails twice ends the walk, and what came stays",
            row(page(1_000, 5_000), "page 4999 1000"),
            row(failed(MALFORMED), "page 4999 500"),
            row(failed(MALFORMED), "end")),
        story(
            "a first page that fails twice leads to the older endpoint of a peer that is there",
            row(failed(STATUS), "page all 500"),
            row(failed(STATUS), "list 0 1000"),
            row(failed(CUT_OFF), "list 0 500"),
            row(list(500, true), "list 500 1000"),
            row(list(1, false), "end")),
        story(
            "a signature that is wrong on pages may not be needed on the list",
            row(failed(BAD_SIGNATURE), "page all 500"),
            row(failed(BAD_SIGNATURE), "list 0 1000"),
            row(failed(BAD_SIGNATURE), "list 0 500"),
            row(failed(BAD_SIGNATURE), "end")),
        story(
            "who is not there is asked twice",
            row(failed(UNREACHABLE), "page all 500"),
            row(failed(UNREACHABLE), "end")),
        story(
            "who stalls is asked twice",
            row(failed(STALLED), "page all 500"),
            row(failed(STALLED), "end")),
        story("a node that stops asks nothing more", row(failed(STOPPING), "end")),
        story(
            "a page of one timestamp is made as large as may be",
            row(page(1_000, 5_000), "page 4999 1000"),
            row(page(1_000, 5_000), "page 4999 5000"),
            row(page(5_000, 6_000), "page 5999 1000"),
            row(lastPage(2), "end")),
        story(
            "what is not got past by the largest page is fetched by offset",
            row(page(1_000, 5_000), "page 4999 1000"),
            row(page(1_000, 5_000), "page 4999 5000"),
            row(page(5_000, 5_000), "list 0 1000"),
            row(list(1_000, false), "end")),
        story(
            "a cursor that goes back does not",
            row(page(1_000, 5_000), "page 4999 1000"),
            row(page(1_000, 17), "page 4999 5000"),
            row(page(1_000, Long.MIN_VALUE), "list 0 1000"),
            row(list(0, false), "end")),
        story(
            "a cursor at the end of time ends",
            row(page(1, Long.MAX_VALUE), "page 9223372036854775806 1000"),
            row(lastPage(0), "end")),
        story(
            "a first cursor at the beginning of time is no progress",
            row(page(1, Long.MIN_VALUE), "page all 5000"),
            row(page(1, Long.MIN_VALUE), "list 0 1000"),
            row(list(0, false), "end")),
        story(
            "an empty page that promises more is an end",
            row(page(0, 5_000), "list 0 1000"),
            row(list(0, false), "end")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stories")
  void response_determines_the_next_request(String name, List<Row> rows) {
    CheckpointPager walk = new CheckpointPager(BART, CONFIG);
    List<String> asked = new ArrayList<>();
    assertThat(text(walk.nextRequest())).isEqualTo(ALL);

    for (Row row : rows) {
      asked.add(walk.onOutcome(row.outcome()).map(CheckpointPagerTest::text).orElse("end"));
    }

    assertThat(asked).containsExactlyElementsOf(rows.stream().map(Row::next).toList());
    assertThat(walk.isFinished()).isTrue();
  }

  @Test
  void requests_ask_that_peer_for_checkpoints_of_everybody_with_the_configured_timeout() {
    CheckpointPager walk = new CheckpointPager(BART, CONFIG);

    assertThat(walk.nextRequest())
        .isEqualTo(
            new MeshRequest.FetchPage(
                BART,
                new Query.Page(
                    Long.MIN_VALUE, 1_000, new Query.Filter(Set.of("checkpoint"), Set.of())),
                TIMEOUT));
    assertThat(walk.onOutcome(failed(UNSUPPORTED)))
        .contains(new MeshRequest.FetchCheckpointPage(BART, 0, 1_000, TIMEOUT));
  }

  @Test
  void peer_without_checkpoint_endpoints_has_not_failed() {
    CheckpointPager walk = new CheckpointPager(BART, CONFIG);
    walk.nextRequest();
    walk.onOutcome(lastPage(0));

    assertThat(walk.onOutcome(failed(UNSUPPORTED))).isEmpty();
    assertThat(walk.result().requests()).isEqualTo(2);
    assertThat(walk.result().failures()).isZero();
    assertThat(walk.result().reason()).isEmpty();
  }

  @Test
  void the_answer_counts_everything_and_names_the_last_failure() {
    CheckpointPager walk = new CheckpointPager(BART, CONFIG);
    walk.nextRequest();
    walk.onOutcome(fetched(10, Optional.of(50L), false, offered(6, 3, 1), QUICK));
    walk.onOutcome(failed(CUT_OFF));
    walk.onOutcome(fetched(4, Optional.empty(), false, offered(0, 4, 0), QUICK));

    assertThat(walk.result())
        .isEqualTo(
            new PeerSyncResult("bart", 3, 1, "CUT_OFF for a test", 7_000, 14, offered(6, 7, 1)));
    assertThat(walk.hasContributed()).isTrue();
  }

  @Test
  void a_peer_all_of_whose_checkpoints_are_refused_gave_none() {
    CheckpointPager walk = new CheckpointPager(BART, CONFIG);
    walk.nextRequest();
    walk.onOutcome(fetched(1_000, Optional.empty(), false, offered(0, 0, 1_000), QUICK));

    assertThat(walk.hasContributed()).isFalse();
    assertThat(walk.result().offerResult().rejected()).isEqualTo(1_000);
  }

  @Test
  void cursors_that_advance_without_end_are_given_up() {
    CheckpointPager walk = new CheckpointPager(BART, CONFIG);
    long cursor = 0;
    Optional<MeshRequest<FetchOutcome>> next = Optional.of(walk.nextRequest());
    while (next.isPresent()) {
      cursor += 2;
      next =
          walk.onOutcome(
              fetched(1_000, Optional.of(cursor), false, offered(0, 0, 1_000), Duration.ZERO));
    }

    assertThat(walk.result().requests()).isEqualTo(CheckpointPager.MAX_REQUESTS);
    assertThat(walk.result().reason()).contains("given up after 1000 requests");
  }

  @Test
  void pages_that_go_on_though_they_are_not_full_are_given_up() {
    CheckpointPager walk = new CheckpointPager(BART, CONFIG);
    Optional<MeshRequest<FetchOutcome>> next = Optional.of(walk.nextRequest());
    for (long cursor = 1; next.isPresent(); cursor += 2) {
      next = walk.onOutcome(fetched(999, Optional.of(cursor), false, offered(999, 0, 0), QUICK));
    }

    assertThat(walk.result().requests()).isEqualTo(CheckpointPager.MAX_SHORT_PAGES + 1);
    assertThat(walk.result().reason()).contains("not full");
    assertThat(walk.hasContributed()).isTrue();
  }

  @Test
  void lists_that_always_have_more_are_given_up() {
    CheckpointPager walk = new CheckpointPager(BART, CONFIG);
    walk.nextRequest();
    Optional<MeshRequest<FetchOutcome>> next = walk.onOutcome(failed(UNSUPPORTED));
    while (next.isPresent()) {
      next =
          walk.onOutcome(
              fetched(Integer.MAX_VALUE / 3, Optional.empty(), true, offered(0, 1, 0), QUICK));
    }

    assertThat(walk.result().requests()).isLessThanOrEqualTo(CheckpointPager.MAX_REQUESTS);
    assertThat(walk.result().reason()).contains("given up");
  }

  @Test
  void a_peer_that_trickles_is_given_up_after_twelve_timeouts() {
    CheckpointPager walk = new CheckpointPager(BART, CONFIG);
    Optional<MeshRequest<FetchOutcome>> next = Optional.of(walk.nextRequest());
    for (long cursor = 1; next.isPresent(); cursor += 2) {
      next = walk.onOutcome(fetched(1, Optional.of(cursor), false, offered(1, 0, 0), TIMEOUT));
    }

    assertThat(walk.result().requests()).isEqualTo(CheckpointPager.MAX_TIMEOUTS);
    assertThat(walk.result().reason()).contains("given up after 120 s");
    assertThat(walk.hasContributed()).isTrue();
  }

  @Test
  void a_peer_that_fails_every_other_time_is_given_up_after_ten_failures() {
    CheckpointPager walk = new CheckpointPager(BART, CONFIG);
    Optional<MeshRequest<FetchOutcome>> next = Optional.of(walk.nextRequest());
    for (long cursor = 1; next.isPresent(); cursor += 2) {
      next = walk.onOutcome(cursor % 4 == 1 ? page(1, cursor) : failed(CUT_OFF));
    }

    assertThat(walk.result().failures()).isEqualTo(CheckpointPager.MAX_FAILURES);
    assertThat(walk.result().reason()).contains("given up after 10 failures", "CUT_OFF");
  }

  @Test
  void a_page_size_of_one_still_gets_on() {
    CheckpointPager walk = new CheckpointPager(BART, new CheckpointSyncConfig(5, 1, TIMEOUT));

    assertThat(text(walk.nextRequest())).isEqualTo("page all 2");
    walk.onOutcome(page(2, 100));
    assertThat(walk.onOutcome(failed(STALLED)).map(CheckpointPagerTest::text))
        .contains("page 99 2");
  }

  @Test
  void abandoning_gives_its_reason_only_to_a_walk_under_way() {
    CheckpointPager through = new CheckpointPager(BART, CONFIG);
    through.nextRequest();
    through.onOutcome(lastPage(1));
    through.abandon("stopped");
    CheckpointPager underWay = new CheckpointPager(BART, CONFIG);
    underWay.nextRequest();
    underWay.abandon("stopped");

    assertThat(through.result().reason()).isEmpty();
    assertThat(underWay.result().reason()).isEqualTo("stopped");
    assertThat(underWay.isFinished()).isTrue();
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
        Query.Page page = (Query.Page) fetchPage.query();
        String after = page.after() == Long.MIN_VALUE ? "all" : String.valueOf(page.after());
        yield "page %s %d".formatted(after, page.size());
      }
      case MeshRequest.FetchCheckpointPage list ->
          "list %d %d".formatted(list.offset(), list.limit());
    };
  }
}
