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

  private final SimulatedNetwork simulatedNetwork = new SimulatedNetwork();
  private List<EventRef> all;

  @BeforeEach
  void makeHistory() {
    all = simulatedNetwork.makeEvents(40_000, i -> i * 1_000);
  }

  @Test
  void silent_peer_neither_delays_recovery_nor_is_asked_again() {
    simulatedNetwork.addPeer("silent", all);
    simulatedNetwork.addPeer("honest", all);
    simulatedNetwork.silentPeers.add("silent");

    PagesRung rung = simulatedNetwork.recover(CONFIG);

    assertThat(simulatedNetwork.held).hasSize(all.size());
    assertThat(simulatedNetwork.calls.get("silent")).isLessThanOrEqualTo(2);
    assertThat(rung.peersForNextRung()).isEmpty();
    assertThat(simulatedNetwork.peerScores.failureSummaries())
        .singleElement()
        .asString()
        .startsWith("silent");
    assertThat(simulatedNetwork.peerScores.of("silent").score()).isZero();
  }

  @Test
  void a_neighbour_that_is_alone_gets_twice_the_time_after_each_stall() {
    simulatedNetwork.addPeer("silent", all);
    simulatedNetwork.silentPeers.add("silent");

    PagesRung rung = simulatedNetwork.recover(CONFIG);

    assertThat(rung.failed()).isTrue();
    assertThat(simulatedNetwork.requests.stream().map(PlanCommand.StartFetch::stallTimeout))
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
    simulatedNetwork.addPeer("stalls", all);
    simulatedNetwork.addPeer("honest", all);
    simulatedNetwork.filteringResponses(
        (peer, query, answer) -> {
          if (peer.equals("stalls") && simulatedNetwork.calls.get(peer) > 4) {
            simulatedNetwork.silentPeers.add(peer);
          }
          return answer;
        });

    simulatedNetwork.recover(CONFIG);

    assertThat(simulatedNetwork.held).hasSize(all.size());
    assertThat(simulatedNetwork.calls.get("stalls")).isLessThan(15);
    assertThat(simulatedNetwork.fetched).isLessThan((long) (1.15 * all.size()));
  }

  @Test
  void late_peer_is_paged_for_events_only_it_holds() {
    simulatedNetwork.addPeer("prompt", all.subList(0, 30_000));
    simulatedNetwork.addPeer("also", all.subList(0, 30_000));
    simulatedNetwork.addPeer("late", all);
    // Its first call stalls; the second, which has more time, is answered.
    simulatedNetwork.filteringResponses(
        (peer, query, answer) ->
            peer.equals("late") && simulatedNetwork.calls.get(peer) == 1
                ? new FetchFailed(MeshFailure.STALLED, "no byte for 2s")
                : answer);

    simulatedNetwork.recover(CONFIG);

    assertThat(simulatedNetwork.held).hasSize(all.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 40, 1_000})
  void peer_that_withholds_events_is_detected(int everyNth) {
    simulatedNetwork.addPeer("keeps", all);
    simulatedNetwork.addPeer("honest", all);
    simulatedNetwork.addPeer("equal", all);
    // In small pages, as probes and checks are, it gives all.
    for (int i = 1; i < all.size(); i += everyNth) {
      simulatedNetwork.withhold("keeps", all.get(i).id());
    }

    simulatedNetwork.recover(CONFIG);

    assertThat(simulatedNetwork.held).hasSize(all.size());
    if (everyNth < 10) {
      assertThat(simulatedNetwork.peerScores.of("keeps").dropReason()).contains("withheld");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void peer_that_strips_signatures_is_detected(int everyNth) {
    simulatedNetwork.addPeer("strips", all);
    simulatedNetwork.addPeer("honest", all);
    simulatedNetwork.addPeer("equal", all);
    Set<EventId> stripped = new HashSet<>();
    for (int i = 0; i < all.size(); i += everyNth) {
      stripped.add(all.get(i).id());
    }
    simulatedNetwork.strippedBy.put("strips", stripped);

    simulatedNetwork.recover(CONFIG);

    assertThat(simulatedNetwork.held).hasSize(all.size());
    assertThat(simulatedNetwork.held.values())
        .as("held with its signature")
        .allMatch(signed -> signed);
    assertThat(simulatedNetwork.peerScores.of("strips").score()).isLessThanOrEqualTo(0.5);
    assertThat(simulatedNetwork.peerScores.of("honest").score()).isEqualTo(1);
  }

  @Test
  void unsigned_events_held_by_all_do_not_penalise_peers() {
    Set<EventId> unsigned = new HashSet<>();
    for (int i = 0; i < all.size(); i += 10) {
      unsigned.add(all.get(i).id());
    }
    for (String name : List.of("a", "b", "c")) {
      simulatedNetwork.addPeer(name, all);
      simulatedNetwork.strippedBy.put(name, unsigned);
    }

    simulatedNetwork.recover(CONFIG);

    assertThat(simulatedNetwork.held).hasSize(all.size());
    assertThat(simulatedNetwork.fetched).isLessThan((long) (1.1 * all.size()));
  }

  @Test
  void forgeries_that_everybody_holds_are_fetched_from_two_and_not_from_all() {
    for (int i = 0; i < all.size(); i += 20) {
      simulatedNetwork.forged.add(all.get(i).id());
    }
    for (int i = 0; i < 8; i++) {
      simulatedNetwork.addPeer("p" + i, all);
    }

    simulatedNetwork.recover(CONFIG);

    assertThat(simulatedNetwork.held).hasSize(all.size() - simulatedNetwork.forged.size());
    assertThat(simulatedNetwork.fetched).isLessThan((long) (2.2 * all.size()));
    assertThat(simulatedNetwork.peerScores.droppedPeers()).isEmpty();
  }

  @Test
  void other_peoples_answers_and_events_that_were_not_asked_for_are_taken_twice_and_no_more() {
    simulatedNetwork.addPeer("liar", all);
    simulatedNetwork.addPeer("honest", all);
    simulatedNetwork.filteringResponses(
        (peer, query, answer) ->
            peer.equals("liar") && simulatedNetwork.calls.get(peer) > 2
                ? new FetchFailed(MeshFailure.NOT_ASKED, "gives events of yesterday")
                : answer);

    simulatedNetwork.recover(CONFIG);

    assertThat(simulatedNetwork.held).hasSize(all.size());
    assertThat(simulatedNetwork.peerScores.of("liar").dropReason())
        .contains("gives events of yesterday");
    assertThat(simulatedNetwork.peerScores.of("liar").score()).isZero();
  }

  @Test
  void range_of_a_lying_peer_is_fetched_from_others() {
    // The larger ledger shows all that the honest one has, so that it alone would be walked.
    List<EventRef> more = new ArrayList<>(all);
    List<EventRef> invented = simulatedNetwork.makeEvents(4_000, i -> i * 10_000 + 3);
    more.addAll(invented);
    invented.forEach(event -> simulatedNetwork.forged.add(event.id()));
    simulatedNetwork.forgedBy.put("liar", new HashSet<>());
    all.forEach(event -> simulatedNetwork.forgedBy.get("liar").add(event.id()));
    simulatedNetwork.addPeer("liar", more);
    simulatedNetwork.addPeer("honest", all);

    simulatedNetwork.recover(CONFIG);

    assertThat(simulatedNetwork.held).hasSize(all.size());
    assertThat(simulatedNetwork.peerScores.of("liar").dropReason()).contains("were rejected");
  }

  @Test
  void one_that_makes_its_ledger_seem_endless_costs_the_others_nothing() {
    simulatedNetwork.addPeer("endless", simulatedNetwork.makeEvents(900_000, i -> i * 40));
    simulatedNetwork.addPeer("honest", all);
    simulatedNetwork.filteringResponses(
        (peer, query, answer) ->
            peer.equals("endless") && query instanceof Query.Page
                ? simulatedNetwork.withEvents((PageFetched) answer, List.of())
                : answer);

    simulatedNetwork.recover(CONFIG);

    assertThat(all).allMatch(event -> simulatedNetwork.held.containsKey(event.id()));
    assertThat(simulatedNetwork.peerScores.of("endless").dropReason()).contains("withheld");
    assertThat(simulatedNetwork.calls.get("endless")).isLessThan(40);
  }
}
