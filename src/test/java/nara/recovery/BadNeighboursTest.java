package nara.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nara.event.EventId;
import nara.ledger.Query;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest.FetchFailed;
import nara.mesh.MeshRequest.Fetched;
import nara.mesh.MeshRequest.Stated;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages rung does about neighbours that are slow, broken, or lie. */
class BadNeighboursTest {
  private static final RecoveryConfig CONFIG = RecoveryConfig.defaults(MemoryMode.HOG);

  private final Network network = new Network();
  private List<Stated> all;

  @BeforeEach
  void makeHistory() {
    all = network.events(40_000, i -> i * 1_000);
  }

  @Test
  void who_never_answers_is_neither_waited_for_nor_asked_in_another_way() {
    network.peer("silent", all);
    network.peer("honest", all);
    network.silent.add("silent");

    PagesRung rung = network.recover(CONFIG);

    assertThat(network.held).hasSize(all.size());
    assertThat(network.calls.get("silent")).isLessThanOrEqualTo(2);
    assertThat(rung.unanswered()).isEmpty();
    assertThat(network.roster.complaints()).singleElement().asString().startsWith("silent");
    assertThat(network.roster.of("silent").score()).isZero();
  }

  @Test
  void a_neighbour_that_is_alone_gets_twice_the_time_after_each_stall() {
    network.peer("silent", all);
    network.silent.add("silent");

    PagesRung rung = network.recover(CONFIG);

    assertThat(rung.failed()).isTrue();
    assertThat(network.asked.stream().map(Command.Fetch::patience))
        .containsExactly(
            Duration.ofSeconds(2),
            Duration.ofSeconds(4),
            Duration.ofSeconds(8),
            Duration.ofSeconds(16),
            Duration.ofSeconds(32),
            Duration.ofSeconds(64));
  }

  @Test
  void who_stalls_in_the_middle_loses_its_work_and_what_it_gave_stays() {
    network.peer("stalls", all);
    network.peer("honest", all);
    network.spoiling(
        (peer, query, answer) -> {
          if (peer.equals("stalls") && network.calls.get(peer) > 4) {
            network.silent.add(peer);
          }
          return answer;
        });

    network.recover(CONFIG);

    assertThat(network.held).hasSize(all.size());
    assertThat(network.calls.get("stalls")).isLessThan(15);
    assertThat(network.fetched).isLessThan((long) (1.15 * all.size()));
  }

  @Test
  void who_comes_late_is_compared_with_what_is_held_and_walked_for_what_it_alone_has() {
    network.peer("prompt", all.subList(0, 30_000));
    network.peer("also", all.subList(0, 30_000));
    network.peer("late", all);
    // Its first call stalls; the second, which has more time, is answered.
    network.spoiling(
        (peer, query, answer) ->
            peer.equals("late") && network.calls.get(peer) == 1
                ? new FetchFailed(MeshFailure.STALLED, "no byte for 2s")
                : answer);

    network.recover(CONFIG);

    assertThat(network.held).hasSize(all.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 40, 1_000})
  void who_keeps_events_back_that_its_equals_have_is_found_out(int everyNth) {
    network.peer("keeps", all);
    network.peer("honest", all);
    network.peer("equal", all);
    // In small pages, as probes and checks are, it gives all.
    for (int i = 1; i < all.size(); i += everyNth) {
      network.keptBackBy("keeps", all.get(i).id());
    }

    network.recover(CONFIG);

    assertThat(network.held).hasSize(all.size());
    if (everyNth < 10) {
      assertThat(network.roster.of("keeps").dropped()).contains("kept back");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void who_takes_signatures_off_is_found_out_by_a_look_at_what_others_have(int everyNth) {
    network.peer("strips", all);
    network.peer("honest", all);
    network.peer("equal", all);
    Set<EventId> stripped = new HashSet<>();
    for (int i = 0; i < all.size(); i += everyNth) {
      stripped.add(all.get(i).id());
    }
    network.strippedBy.put("strips", stripped);

    network.recover(CONFIG);

    assertThat(network.held).hasSize(all.size());
    assertThat(network.held.values()).as("held with its signature").allMatch(signed -> signed);
    assertThat(network.roster.of("strips").score()).isLessThanOrEqualTo(0.5);
    assertThat(network.roster.of("honest").score()).isEqualTo(1);
  }

  @Test
  void events_that_everybody_holds_without_a_signature_make_nobody_suspect() {
    Set<EventId> unsigned = new HashSet<>();
    for (int i = 0; i < all.size(); i += 10) {
      unsigned.add(all.get(i).id());
    }
    for (String name : List.of("a", "b", "c")) {
      network.peer(name, all);
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
      network.peer("p" + i, all);
    }

    network.recover(CONFIG);

    assertThat(network.held).hasSize(all.size() - network.forged.size());
    assertThat(network.fetched).isLessThan((long) (2.2 * all.size()));
    assertThat(network.roster.dropped()).isEmpty();
  }

  @Test
  void other_peoples_answers_and_events_that_were_not_asked_for_are_taken_twice_and_no_more() {
    network.peer("liar", all);
    network.peer("honest", all);
    network.spoiling(
        (peer, query, answer) ->
            peer.equals("liar") && network.calls.get(peer) > 2
                ? new FetchFailed(MeshFailure.NOT_ASKED, "gives events of yesterday")
                : answer);

    network.recover(CONFIG);

    assertThat(network.held).hasSize(all.size());
    assertThat(network.roster.of("liar").dropped()).contains("gives events of yesterday");
    assertThat(network.roster.of("liar").score()).isZero();
  }

  @Test
  void what_only_a_liar_stood_for_is_walked_from_others() {
    // The larger ledger shows all that the honest one has, so that it alone would be walked.
    List<Stated> more = new ArrayList<>(all);
    List<Stated> invented = network.events(4_000, i -> i * 10_000 + 3);
    more.addAll(invented);
    invented.forEach(event -> network.forged.add(event.id()));
    network.forgedBy.put("liar", new HashSet<>());
    all.forEach(event -> network.forgedBy.get("liar").add(event.id()));
    network.peer("liar", more);
    network.peer("honest", all);

    network.recover(CONFIG);

    assertThat(network.held).hasSize(all.size());
    assertThat(network.roster.of("liar").dropped()).contains("were refused");
  }

  @Test
  void one_that_makes_its_ledger_seem_endless_costs_the_others_nothing() {
    network.peer("endless", network.events(900_000, i -> i * 40));
    network.peer("honest", all);
    network.spoiling(
        (peer, query, answer) ->
            peer.equals("endless") && query instanceof Query.Page
                ? network.again((Fetched) answer, List.of())
                : answer);

    network.recover(CONFIG);

    assertThat(all).allMatch(event -> network.held.containsKey(event.id()));
    assertThat(network.roster.of("endless").dropped()).contains("kept back");
    assertThat(network.calls.get("endless")).isLessThan(40);
  }
}
