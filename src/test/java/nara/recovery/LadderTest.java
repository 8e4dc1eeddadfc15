package nara.recovery;

import static nara.recovery.RecoveryScenario.failed;
import static nara.recovery.RecoveryScenario.neighbours;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nara.event.EventId;
import nara.ledger.MemoryMode;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.EventRef;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.wire.MeshFailure;
import nara.recovery.PlanCommand.RecoveryOutcome;
import nara.recovery.pages.SimulatedNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole recoveries from neighbours that support some kinds of requests only. */
class LadderTest {
  private static final RecoveryConfig CONFIG =
      RecoveryConfig.defaults(MemoryMode.MEDIUM).withoutFirstWait();

  private final SimulatedNetwork network = new SimulatedNetwork();

  /** Each set of supported modes, a way to refuse the others, and the size of the ledgers. */
  private static Stream<Arguments> supportedModes() {
    return Stream.of("page", "slice", "sample", "page slice", "page sample", "slice sample")
        .flatMap(
            modes ->
                Stream.of(MeshFailure.UNSUPPORTED, MeshFailure.STATUS, MeshFailure.MALFORMED)
                    .flatMap(
                        how ->
                            Stream.of(2_000, 12_000).map(size -> Arguments.of(modes, how, size))));
  }

  @ParameterizedTest
  @MethodSource("supportedModes")
  void recovery_gets_all_events_by_the_modes_that_the_neighbours_support(
      String modes, MeshFailure refusal, int size) {
    List<EventRef> all = network.makeEvents(size, i -> i * 1_000);
    network.addPeer("a", all);
    network.addPeer("b", all);

    RecoveryScenario scenario =
        new RecoveryScenario(CONFIG)
            .discovering(neighbours("a", "b"))
            .answering((peer, query) -> answer(peer, query, modes, refusal))
            .run();

    boolean onlySamples = modes.equals("sample") && size > Query.MAX_EVENTS;
    if (onlySamples) {
      assertThat(network.held).hasSizeGreaterThanOrEqualTo(Query.MAX_EVENTS);
    } else {
      assertThat(network.held.keySet().equals(ids(all)))
          .as(scenario.finish + " " + scenario.stages)
          .isTrue();
    }
    assertThat(scenario.finish.recoveryOutcome())
        .as(scenario.finish + " " + scenario.stages)
        .isEqualTo(onlySamples ? RecoveryOutcome.PARTIAL : RecoveryOutcome.COMPLETE);
  }

  @Test
  void each_neighbour_is_read_by_the_mode_that_it_supports() {
    List<EventRef> all = network.makeEvents(12_000, i -> i * 1_000);
    network.addPeer("pages", all.subList(0, 4_000));
    network.addPeer("slices", all.subList(4_000, 10_000));
    network.addPeer("samples", all.subList(10_000, 12_000));

    RecoveryScenario scenario =
        new RecoveryScenario(CONFIG)
            .discovering(neighbours("pages", "samples", "slices"))
            .answering(
                (peer, query) ->
                    answer(
                        peer, query, peer.substring(0, peer.length() - 1), MeshFailure.UNSUPPORTED))
            .run();

    assertThat(network.held.keySet().equals(ids(all)))
        .as(scenario.finish + " " + scenario.stages)
        .isTrue();
    assertThat(scenario.finish.recoveryOutcome())
        .as(scenario.finish + " " + scenario.stages)
        .isEqualTo(RecoveryOutcome.COMPLETE);
  }

  @Test
  void slices_of_different_ledgers_are_all_read() {
    List<EventRef> all = network.makeEvents(9_000, i -> i * 1_000);
    network.addPeer("a", all.subList(0, 6_000));
    network.addPeer("b", all.subList(3_001, 9_000));

    RecoveryScenario scenario =
        new RecoveryScenario(CONFIG)
            .discovering(neighbours("a", "b"))
            .answering((peer, query) -> answer(peer, query, "slice", MeshFailure.UNSUPPORTED))
            .run();

    assertThat(network.held.keySet().equals(ids(all)))
        .as(scenario.finish + " " + scenario.stages)
        .isTrue();
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.COMPLETE);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 20, 100})
  void recovery_from_a_neighbour_with_short_responses_is_not_complete_with_a_hole(int most) {
    List<EventRef> all = network.makeEvents(3_000, i -> i * 1_000);
    network.addPeer("stingy", all);
    network.limitResponses("stingy", most);

    RecoveryScenario scenario =
        new RecoveryScenario(CONFIG)
            .discovering(neighbours("stingy"))
            .answering(network::answer)
            .run();

    boolean whole = network.held.keySet().equals(ids(all));
    assertThat(scenario.finish.recoveryOutcome())
        .as(network.held.size() + " " + scenario.finish + " " + scenario.stages)
        .isEqualTo(whole ? RecoveryOutcome.COMPLETE : RecoveryOutcome.PARTIAL);
  }

  @Test
  void many_events_without_keys_make_a_recovery_partial() {
    RecoveryScenario scenario =
        withKeyless(1_494, Map.of("a", 300, "b", 294, "c", 400, "d", 200, "e", 150, "f", 150));

    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.PARTIAL);
    assertThat(scenario.finish.reasons())
        .containsExactly("1,494 events wait for the keys of c, a, b and 3 others");
  }

  @Test
  void few_events_without_keys_are_no_reason_since_anybody_can_invent_them() {
    RecoveryScenario scenario = withKeyless(150, Map.of("invented", 150));

    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.COMPLETE);
    assertThat(scenario.finish.reasons()).isEmpty();
  }

  @Test
  void recovery_is_partial_when_the_checkpoints_of_a_peer_did_not_end() {
    network.addPeer("honest", network.makeEvents(1_500, i -> i * 1_000));
    RecoveryScenario scenario =
        new RecoveryScenario(CONFIG)
            .discovering(neighbours("honest"))
            .answering(network::answer)
            .leavingCheckpointsOf("honest", "gave up after 120 s")
            .run();

    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.PARTIAL);
    assertThat(scenario.finish.reasons())
        .containsExactly("checkpoints of honest: gave up after 120 s");
  }

  /** A recovery that adds 1,500 events. */
  private RecoveryScenario withKeyless(int events, Map<String, Integer> byName) {
    network.addPeer("honest", network.makeEvents(1_500, i -> i * 1_000));
    return new RecoveryScenario(CONFIG)
        .discovering(neighbours("honest"))
        .answering(network::answer)
        .waitingForKeys(events, byName)
        .run();
  }

  private FetchOutcome answer(String peer, Query query, String modes, MeshFailure refusal) {
    String mode =
        switch (query) {
          case Query.Page page -> "page";
          case Query.Slice slice -> "slice";
          case Query.Sample sample -> "sample";
          case Query.Recent recent -> "recent";
        };
    return modes.contains(mode) ? network.answer(peer, query) : failed(refusal);
  }

  private static Set<EventId> ids(List<EventRef> events) {
    return events.stream().map(EventRef::id).collect(Collectors.toSet());
  }
}
