package nara.checkpoint;

import static nara.checkpoint.Outcomes.failed;
import static nara.checkpoint.Outcomes.fetched;
import static nara.checkpoint.Outcomes.lastPage;
import static nara.checkpoint.Outcomes.offered;
import static nara.checkpoint.Outcomes.page;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import nara.checkpoint.CheckpointRequest.PeerAnswer;
import nara.checkpoint.CheckpointSync.Ask;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest.FetchOutcome;
import nara.mesh.MeshRequest.Peer;
import org.junit.jupiter.api.Test;

class CheckpointSyncTest {
  private static final CheckpointConfig TWO_WANTED =
      new CheckpointConfig(2, 1_000, Duration.ofSeconds(10));

  @Test
  void as_many_are_asked_side_by_side_as_are_wanted_and_no_more() {
    CheckpointSync sync = sync(peers(6), 1);
    List<Ask> asks = sync.begin();

    assertThat(asks).hasSize(2);
    assertThat(sync.answered(asks.get(0), lastPage(3))).isEmpty();
    assertThat(sync.done()).isFalse();
    assertThat(sync.answered(asks.get(1), lastPage(3))).isEmpty();
    assertThat(sync.done()).isTrue();
    assertThat(sync.result().enough()).isTrue();
    assertThat(sync.result().answers()).hasSize(2);
  }

  @Test
  void who_gives_nothing_is_replaced_by_the_next_until_none_is_left() {
    CheckpointSync sync = sync(peers(5), 1);

    play(sync, ask -> lastPage(0));

    assertThat(sync.result().answers()).hasSize(5);
    assertThat(sync.result().enough()).isFalse();
  }

  @Test
  void a_peer_that_fails_after_a_page_gave_and_another_one_is_still_wanted() {
    CheckpointSync sync = sync(peers(4), 1);
    List<Ask> asks = sync.begin();

    List<Ask> next = sync.answered(asks.get(0), page(1_000, 50));
    assertThat(next)
        .singleElement()
        .satisfies(it -> assertThat(it.walk()).isSameAs(asks.get(0).walk()));
    next = sync.answered(next.get(0), failed(MeshFailure.STALLED));
    assertThat(sync.answered(next.get(0), failed(MeshFailure.STALLED))).isEmpty();
    assertThat(sync.answered(asks.get(1), lastPage(1))).isEmpty();

    assertThat(sync.result().enough()).isTrue();
    assertThat(sync.result().answers())
        .extracting(PeerAnswer::events, PeerAnswer::failures)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1_000, 2),
            org.assertj.core.groups.Tuple.tuple(1, 0));
  }

  @Test
  void who_gives_only_what_is_refused_does_not_count() {
    CheckpointSync sync = sync(peers(4), 1);

    play(sync, ask -> fetched(9, Optional.empty(), false, offered(0, 0, 9), Outcomes.QUICK));

    assertThat(sync.result().answers()).hasSize(4);
    assertThat(sync.result().enough()).isFalse();
  }

  @Test
  void a_node_that_stops_asks_nobody_else() {
    CheckpointSync sync = sync(peers(9), 1);

    play(sync, ask -> failed(MeshFailure.STOPPING));

    assertThat(sync.result().answers()).hasSize(2);
    assertThat(sync.done()).isTrue();
  }

  @Test
  void without_peers_there_is_nothing_to_do() {
    CheckpointSync sync = sync(List.of(), 1);

    assertThat(sync.begin()).isEmpty();
    assertThat(sync.done()).isTrue();
    assertThat(sync.result()).isEqualTo(new CheckpointRequest.Synced(List.of(), false));
  }

  @Test
  void a_peer_named_twice_is_asked_once() {
    CheckpointSync sync = sync(List.of(Outcomes.BART, Outcomes.BART), 1);

    assertThat(sync.begin()).hasSize(1);
  }

  @Test
  void the_order_is_drawn_and_the_same_seed_draws_the_same() {
    Set<List<String>> orders = new HashSet<>();
    for (int seed = 0; seed < 20; seed++) {
      List<String> order = order(seed);
      assertThat(order(seed)).isEqualTo(order);
      assertThat(order).containsExactlyInAnyOrder("p0", "p1", "p2", "p3", "p4");
      orders.add(order);
    }
    assertThat(orders).hasSizeGreaterThan(5);
  }

  @Test
  void abandoning_tells_what_came_and_why_the_rest_did_not() {
    CheckpointSync sync = sync(peers(2), 1);
    List<Ask> asks = sync.begin();
    sync.answered(asks.get(0), lastPage(3));

    assertThat(sync.abandoned("stopped").answers())
        .extracting(PeerAnswer::events, PeerAnswer::reason)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(3, ""),
            org.assertj.core.groups.Tuple.tuple(0, "stopped"));
  }

  private static List<String> order(int seed) {
    CheckpointSync sync = sync(peers(5), seed);
    play(sync, ask -> lastPage(0));
    return sync.result().answers().stream().map(PeerAnswer::peer).toList();
  }

  private static void play(CheckpointSync sync, Function<Ask, FetchOutcome> outcome) {
    Deque<Ask> asks = new ArrayDeque<>(sync.begin());
    while (!asks.isEmpty()) {
      Ask ask = asks.removeFirst();
      asks.addAll(sync.answered(ask, outcome.apply(ask)));
    }
    assertThat(sync.done()).isTrue();
  }

  private static CheckpointSync sync(List<Peer> peers, int seed) {
    return new CheckpointSync(new ArrayList<>(peers), TWO_WANTED, new Random(seed));
  }

  private static List<Peer> peers(int count) {
    return IntStream.range(0, count).mapToObj(i -> new Peer("p" + i, "10.0.0." + i)).toList();
  }
}
