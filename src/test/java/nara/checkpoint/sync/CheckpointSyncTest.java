package nara.checkpoint.sync;

import static nara.checkpoint.sync.FetchOutcomes.failed;
import static nara.checkpoint.sync.FetchOutcomes.fetched;
import static nara.checkpoint.sync.FetchOutcomes.lastPage;
import static nara.checkpoint.sync.FetchOutcomes.offered;
import static nara.checkpoint.sync.FetchOutcomes.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

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
import nara.checkpoint.sync.CheckpointSync.PageRequest;
import nara.checkpoint.sync.CheckpointSyncRequest.PeerSyncResult;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.MeshFailure;
import org.junit.jupiter.api.Test;

class CheckpointSyncTest {
  private static final CheckpointSyncConfig TWO_WANTED =
      new CheckpointSyncConfig(2, 1_000, Duration.ofSeconds(10));

  @Test
  void as_many_peers_are_asked_at_once_as_are_wanted() {
    CheckpointSync sync = sync(peers(6), 1);
    List<PageRequest> pageRequests = sync.nextRequests();

    assertThat(pageRequests).hasSize(2);
    assertThat(sync.onOutcome(pageRequests.get(0), lastPage(3))).isEmpty();
    assertThat(sync.isDone()).isFalse();
    assertThat(sync.onOutcome(pageRequests.get(1), lastPage(3))).isEmpty();
    assertThat(sync.isDone()).isTrue();
    assertThat(sync.result().enoughPeers()).isTrue();
    assertThat(sync.result().peerResults()).hasSize(2);
  }

  @Test
  void peer_without_checkpoints_is_replaced_by_the_next() {
    CheckpointSync sync = sync(peers(5), 1);

    play(sync, request -> lastPage(0));

    assertThat(sync.result().peerResults()).hasSize(5);
    assertThat(sync.result().enoughPeers()).isFalse();
  }

  @Test
  void peer_that_fails_after_a_page_is_replaced_by_the_next() {
    CheckpointSync sync = sync(peers(4), 1);
    List<PageRequest> pageRequests = sync.nextRequests();

    List<PageRequest> next = sync.onOutcome(pageRequests.get(0), page(1_000, 50));
    assertThat(next)
        .singleElement()
        .satisfies(it -> assertThat(it.pager()).isSameAs(pageRequests.get(0).pager()));
    next = sync.onOutcome(next.get(0), failed(MeshFailure.STALLED));
    List<PageRequest> third = sync.onOutcome(next.get(0), failed(MeshFailure.STALLED));
    assertThat(sync.onOutcome(pageRequests.get(1), lastPage(1))).isEmpty();
    assertThat(sync.result().enoughPeers()).isFalse();
    assertThat(sync.onOutcome(third.get(0), lastPage(2))).isEmpty();

    assertThat(sync.result().enoughPeers()).isTrue();
    assertThat(sync.result().peerResults())
        .extracting(PeerSyncResult::events, PeerSyncResult::failures, PeerSyncResult::whole)
        .containsExactly(tuple(1_000, 2, false), tuple(1, 0, true), tuple(2, 0, true));
  }

  @Test
  void peer_with_only_rejected_checkpoints_does_not_count() {
    CheckpointSync sync = sync(peers(4), 1);

    play(
        sync,
        request -> fetched(9, Optional.empty(), false, offered(0, 0, 9), FetchOutcomes.QUICK));

    assertThat(sync.result().peerResults()).hasSize(4);
    assertThat(sync.result().enoughPeers()).isFalse();
  }

  @Test
  void stopping_node_asks_no_further_peers() {
    CheckpointSync sync = sync(peers(9), 1);

    play(sync, request -> failed(MeshFailure.STOPPING));

    assertThat(sync.result().peerResults()).hasSize(2);
    assertThat(sync.isDone()).isTrue();
  }

  @Test
  void sync_without_peers_is_done() {
    CheckpointSync sync = sync(List.of(), 1);

    assertThat(sync.nextRequests()).isEmpty();
    assertThat(sync.isDone()).isTrue();
    assertThat(sync.result()).isEqualTo(new CheckpointSyncRequest.SyncResult(List.of(), false));
  }

  @Test
  void peer_in_the_list_twice_is_asked_once() {
    CheckpointSync sync = sync(List.of(FetchOutcomes.BART, FetchOutcomes.BART), 1);

    assertThat(sync.nextRequests()).hasSize(1);
  }

  @Test
  void peer_order_is_random_and_reproducible() {
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
  void cancelling_reports_received_checkpoints_and_missing_peers() {
    CheckpointSync sync = sync(peers(2), 1);
    List<PageRequest> pageRequests = sync.nextRequests();
    sync.onOutcome(pageRequests.get(0), lastPage(3));

    assertThat(sync.abandon("stopped").peerResults())
        .extracting(PeerSyncResult::events, PeerSyncResult::reason)
        .containsExactly(tuple(3, ""), tuple(0, "stopped"));
  }

  private static List<String> order(int seed) {
    CheckpointSync sync = sync(peers(5), seed);
    play(sync, request -> lastPage(0));
    return sync.result().peerResults().stream().map(PeerSyncResult::peer).toList();
  }

  private static void play(CheckpointSync sync, Function<PageRequest, FetchOutcome> outcome) {
    Deque<PageRequest> pageRequests = new ArrayDeque<>(sync.nextRequests());
    while (!pageRequests.isEmpty()) {
      PageRequest request = pageRequests.removeFirst();
      pageRequests.addAll(sync.onOutcome(request, outcome.apply(request)));
    }
    assertThat(sync.isDone()).isTrue();
  }

  private static CheckpointSync sync(List<Peer> peers, int seed) {
    return new CheckpointSync(new ArrayList<>(peers), TWO_WANTED, new Random(seed));
  }

  private static List<Peer> peers(int count) {
    return IntStream.range(0, count).mapToObj(i -> new Peer("p" + i, "10.0.0." + i)).toList();
  }
}
