package nara.checkpoint.sync;

import static nara.checkpoint.sync.FetchOutcomes.BART;
import static nara.checkpoint.sync.FetchOutcomes.QUICK;
import static nara.checkpoint.sync.FetchOutcomes.fetched;
import static nara.checkpoint.sync.FetchOutcomes.offered;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import nara.ledger.Query;
import nara.ledger.Query.Page;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.wire.MeshFailure;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class CheckpointPagerProperties {
  private static final int REQUEST_LIMIT = CheckpointPager.MAX_REQUESTS + 1;

  /** The peer pages as the wire contract says: equal timestamps may be lost. */
  @Property(tries = 500)
  void every_checkpoint_is_fetched_however_many_share_a_timestamp(
      @ForAll @Size(max = 300) List<@IntRange(min = -3, max = 12) Integer> times,
      @ForAll @IntRange(min = 1, max = 40) int pageSize,
      @ForAll @IntRange(max = 9) int failEvery) {
    List<Integer> ledger = times.stream().sorted().toList();
    CheckpointPager pager =
        new CheckpointPager(BART, new CheckpointSyncConfig(1, pageSize, Duration.ofSeconds(10)));
    Set<Integer> got = new HashSet<>();
    int asked = 0;
    boolean failedLast = false;
    Optional<MeshRequest<FetchOutcome>> next = Optional.of(pager.nextRequest());
    while (next.isPresent()) {
      asked++;
      // Single failures lose nothing while there are fewer than the limit.
      boolean fails =
          failEvery > 2
              && asked % failEvery == 0
              && !failedLast
              && pager.result().failures() < CheckpointPager.MAX_FAILURES - 1;
      failedLast = fails;
      next =
          pager.onOutcome(
              fails
                  ? new FetchFailed(MeshFailure.CUT_OFF, "for a test")
                  : answer(ledger, next.get(), got));
    }

    assertThat(got).hasSize(ledger.size());
  }

  @Property(tries = 500)
  void pager_ends_for_any_responses(
      @ForAll("anything") List<FetchOutcome> outcomes,
      @ForAll @IntRange(min = 1, max = 5_000) int pageSize) {
    CheckpointPager pager =
        new CheckpointPager(BART, new CheckpointSyncConfig(1, pageSize, Duration.ofSeconds(10)));
    Optional<MeshRequest<FetchOutcome>> next = Optional.of(pager.nextRequest());
    long last = Long.MIN_VALUE;
    int asked = 0;
    while (next.isPresent()) {
      assertThat(++asked).isLessThan(REQUEST_LIMIT);
      if (next.get() instanceof MeshRequest.FetchPage fetchPage) {
        Page page = (Page) fetchPage.query();
        assertThat(page.after()).isGreaterThanOrEqualTo(last);
        assertThat(page.size()).isBetween(1, Query.MAX_EVENTS);
        last = page.after();
      }
      next = pager.onOutcome(outcomes.get(asked % outcomes.size()));
    }
    assertThat(pager.result().requests()).isEqualTo(asked);
  }

  @Provide
  Arbitrary<List<FetchOutcome>> anything() {
    Arbitrary<FetchOutcome> failed =
        Arbitraries.of(MeshFailure.values()).map(why -> new FetchFailed(why, ""));
    Arbitrary<FetchOutcome> fetched =
        Combinators.combine(
                Arbitraries.integers().between(0, 1_000_000),
                Arbitraries.longs().optional(),
                Arbitraries.of(true, false),
                Arbitraries.integers().between(0, 30_000))
            .as(
                (events, cursor, more, millis) ->
                    fetched(
                        events, cursor, more, offered(0, 0, events), Duration.ofMillis(millis)));
    return Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(1, failed), net.jqwik.api.Tuple.of(9, fetched))
        .list()
        .ofMinSize(1)
        .ofMaxSize(30);
  }

  /** An event is identified by its index in the ledger. */
  private static FetchOutcome answer(
      List<Integer> ledger, MeshRequest<FetchOutcome> request, Set<Integer> got) {
    return switch (request) {
      case MeshRequest.FetchPage fetchPage -> {
        Page page = (Page) fetchPage.query();
        List<Integer> indexes =
            IntStream.range(0, ledger.size())
                .filter(i -> ledger.get(i) > page.after())
                .limit(page.size())
                .boxed()
                .toList();
        boolean full = indexes.size() == page.size();
        yield taken(
            indexes,
            full ? Optional.of((long) ledger.get(indexes.getLast())) : Optional.empty(),
            false,
            got);
      }
      case MeshRequest.FetchCheckpointPage list -> {
        int end = Math.min(ledger.size(), list.offset() + list.limit());
        List<Integer> indexes = IntStream.range(Math.min(list.offset(), end), end).boxed().toList();
        yield taken(indexes, Optional.empty(), end < ledger.size(), got);
      }
    };
  }

  private static FetchOutcome taken(
      List<Integer> indexes, Optional<Long> cursor, boolean more, Set<Integer> got) {
    List<Integer> added = new ArrayList<>(indexes);
    added.removeAll(got);
    got.addAll(indexes);
    return fetched(
        indexes.size(),
        cursor,
        more,
        offered(added.size(), indexes.size() - added.size(), 0),
        QUICK.dividedBy(100));
  }
}
