package nara.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nara.event.EventId;
import nara.ledger.MemoryMode;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.EventRef;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.wire.MeshFailure;
import nara.recovery.pages.PagesRung;
import nara.recovery.pages.SimulatedNetwork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages rung does about neighbours that are slow, broken, or lie. */
class BadNeighboursTest {
  private static final RecoveryConfig CONFIG = RecoveryConfig.defaults(MemoryMode.HOG);

  private final SimulatedNetwork network = new SimulatedNetwork();
  private List<EventRef> all;

  @BeforeEach
  void makeHistory() {
    all = network.makeEvents(40_000, i -> i * 1_000);
  }

  @Test
  void silent_peer_neither_delays_recovery_nor_is_asked_again() {
    network.addPeer("silent", all);
    network.addPeer("honest", all);
    network.silentPeers.add("silent");

    PagesRung rung = network.recover(CONFIG);

    assertThat(network.held).hasSize(all.size());
    assertThat(network.calls.get("silent")).isLessThanOrEqualTo(2);
    assertThat(rung.peersForNextRung()).isEmpty();
    assertThat(network.peerScores.failureSummaries())
        .singleElement()
        .asString()
        .startsWith("silent");
    assertThat(network.peerScores.of("silent").score()).isZero();
  }

  @Test
  void a_neighbour_that_is_alone_gets_twice_the_time_after_each_stall() {
    network.addPeer("silent", all);
    network.silentPeers.add("silent");

    PagesRung rung = network.recover(CONFIG);

    assertThat(rung.failed()).isTrue();
    assertThat(network.requests.stream().map(PlanCommand.StartFetch::stallTimeout))
        .containsExactly(
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            Duration.ofSeconds(8),
            Duration.ofSeconds(16),
            Duration.ofSeconds(32),
            Duration.ofSeconds(64));
  }

  @Test
  void stalled_peer_loses_its_range_and_keeps_its_contribution() {
    network.addPeer("stalls", all);
    network.addPeer("honest", all);
    network.filteringResponses(
        (peer, query, answer) -> {
          if (peer.equals("stalls") && network.calls.get(peer) > 4) {
            network.silentPeers.add(peer);
          }
          return answer;
        });

    network.recover(CONFIG);

    assertThat(network.held).hasSize(all.size());
    assertThat(network.calls.get("stalls")).isLessThan(15);
    assertThat(network.fetched).isLessThan((long) (1.15 * all.size()));
  }

  @Test
  void late_peer_is_paged_for_events_only_it_holds() {
    network.addPeer("prompt", all.subList(0, 30_000));
    network.addPeer("also", all.subList(0, 30_000));
    network.addPeer("late", all);
    // Its first call stalls; the second, which has more time, is answered.
    network.filteringResponses(
        (peer, query, answer) ->
            peer.equals("late") && network.calls.get(peer) == 1
                ? new FetchFailed(MeshFailure.STALLED, "no byte for 2s")
                : answer);

    network.recover(CONFIG);

    assertThat(network.held).hasSize(all.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 40, 1_000})
  void peer_that_withholds_events_is_detected(int everyNth) {
    network.addPeer("keeps", all);
    network.addPeer("honest", all);
    network.addPeer("equal", all);
    // In small pages, as probes and checks are, it gives all.
    for (int i = 1; i < all.size(); i += everyNth) {
      network.withhold("keeps", all.get(i).id());
    }

    network.recover(CONFIG);

    assertThat(network.held).hasSize(all.size());
    if (everyNth < 10) {
      assertThat(network.peerScores.of("keeps").dropReason()).contains("withheld");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void peer_that_strips_signatures_is_detected(int everyNth) {
    network.addPeer("strips", all);
    network.addPeer("honest", all);
    network.addPeer("equal", all);
    Set<EventId> stripped = new HashSet<>();
    for (int i = 0; i < all.size(); i += everyNth) {
      stripped.add(all.get(i).id());
    }
    network.strippedBy.put("strips", stripped);

    network.recover(CONFIG);

    assertThat(network.held).hasSize(all.size());
    assertThat(network.held.values()).as("held with its signature").allMatch(signed -> signed);
    assertThat(network.peerScores.of("strips").score()).isLessThanOrEqualTo(0.5);
    assertThat(network.peerScores.of("honest").score()).isEqualTo(1);
  }

  @Test
  void unsigned_events_held_by_all_do_not_penalise_peers() {
    Set<EventId> unsigned = new HashSet<>();
    for (int i = 0; i < all.size(); i += 10) {
      unsigned.add(all.get(i).id());
    }
    for (String name : List.of("a", "b", "c")) {
      network.addPeer(name, all);
      network.strippedBy.put(name, unsigned);
    }

    network.recover(CONFIG);

    assertThat(network.held).hasSize(all.size());
    assertThat(network.fetched).isLessThan((long) (1.1 * all.size()));
  }

  @Test
  void forgeries_that_everybody_holds_are_fetched_from_two_and_not_from_all() {
    for (int i = 0; i < all.size(); i += 20) {
      network.forged.add(all.get(i).id());
    }
    for (int i = 0; i < 8; i++) {
      network.addPeer("p" + i, all);
    }

    network.recover(CONFIG);

    assertThat(network.held).hasSize(all.size() - network.forged.size());
    assertThat(network.fetched).isLessThan((long) (2.2 * all.size()));
    assertThat(network.peerScores.droppedPeers()).isEmpty();
  }

  @Test
  void other_peoples_answers_and_events_that_were_not_asked_for_are_taken_twice_and_no_more() {
    network.addPeer("liar", all);
    network.addPeer("honest", all);
    network.filteringResponses(
        (peer, query, answer) ->
            peer.equals("liar") && network.calls.get(peer) > 2
                ? new FetchFailed(MeshFailure.NOT_ASKED, "gives events of yesterday")
                : answer);

    network.recover(CONFIG);

    assertThat(network.held).hasSize(all.size());
    assertThat(network.peerScores.of("liar").dropReason()).contains("gives events of yesterday");
    assertThat(network.peerScores.of("liar").score()).isZero();
  }

  @Test
  void range_of_a_lying_peer_is_fetched_from_others() {
    // The larger ledger shows all that the honest one has, so that it alone would be walked.
    List<EventRef> more = new ArrayList<>(all);
    List<EventRef> invented = network.makeEvents(4_000, i -> i * 10_000 + 3);
    more.addAll(invented);
    invented.forEach(event -> network.forged.add(event.id()));
    network.forgedBy.put("liar", new HashSet<>());
    all.forEach(event -> network.forgedBy.get("liar").add(event.id()));
    network.addPeer("liar", more);
    network.addPeer("honest", all);

    network.recover(CONFIG);

    assertThat(network.held).hasSize(all.size());
    assertThat(network.peerScores.of("liar").dropReason()).isEmpty();
    assertThat(network.peerScores.of("liar").askedLaterReason()).contains("were rejected");
  }

  @Test
  void one_that_makes_its_ledger_seem_endless_costs_the_others_nothing() {
    network.addPeer("endless", network.makeEvents(900_000, i -> i * 40));
    network.addPeer("honest", all);
    network.filteringResponses(
        (peer, query, answer) ->
            peer.equals("endless") && query instanceof Query.Page
                ? network.withEvents((PageFetched) answer, List.of())
                : answer);

    network.recover(CONFIG);

    assertThat(all).allMatch(event -> network.held.containsKey(event.id()));
    assertThat(network.peerScores.of("endless").dropReason()).contains("withheld");
    assertThat(network.calls.get("endless")).isLessThan(40);
  }
}
