package nara.recovery;

import static nara.recovery.RecoveryScenario.failed;
import static nara.recovery.RecoveryScenario.fetched;
import static nara.recovery.RecoveryScenario.neighbour;
import static nara.recovery.RecoveryScenario.neighbours;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import nara.discovery.Neighbour;
import nara.discovery.Neighbour.Source;
import nara.ledger.MemoryMode;
import nara.ledger.Query;
import nara.ledger.Query.Sample;
import nara.ledger.Query.Slice;
import nara.mesh.client.MeshRequest;
import nara.mesh.wire.MeshFailure;
import nara.recovery.PlanCommand.FetchFromPlaza;
import nara.recovery.PlanCommand.Finish;
import nara.recovery.PlanCommand.RecoveryOutcome;
import nara.recovery.PlanCommand.StartFetch;
import nara.recovery.RecoveryConfig.Rung;
import nara.recovery.RecoveryEvent.FetchEnded;
import nara.recovery.RecoveryEvent.StageFailed;
import nara.recovery.RecoveryEvent.Started;
import nara.testing.RecordCopy;
import nara.trust.KeySearch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RecoveryPlanTest {
  private static final RecoveryConfig MEDIUM = asReference(MemoryMode.MEDIUM);

  @Test
  void the_usual_recovery_samples_syncs_checkpoints_seeks_keys_and_seeds_pings() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM).discovering(neighbours("a", "b", "c")).run();

    assertThat(scenario.stages)
        .containsExactly(
            "discovery complete",
            "sample complete",
            "checkpoints complete",
            "keys complete",
            "pings complete");
    assertThat(scenario.finish).isEqualTo(new Finish(RecoveryOutcome.COMPLETE, List.of()));
    assertThat(scenario.totalWait).isZero();
  }

  @ParameterizedTest
  @CsvSource({"SHORT, 5, 1000, 3", "MEDIUM, 10, 5000, 10", "HOG, 16, 5000, 10"})
  void a_sample_makes_capacity_over_page_calls_with_a_bounded_number_under_way(
      MemoryMode mode, int calls, int page, int underWay) {
    RecoveryScenario scenario =
        new RecoveryScenario(asReference(mode)).discovering(neighbours("a", "b", "c")).run();

    assertThat(scenario.fetches).hasSize(calls);
    assertThat(scenario.fetches)
        .allSatisfy(f -> assertThat(((Sample) f.query()).size()).isEqualTo(page));
    assertThat(scenario.maxInFlight).isEqualTo(underWay);
    assertThat(scenario.requestsByPeer.values()).allMatch(n -> n >= calls / 3);
  }

  @Test
  void every_neighbour_is_asked_at_least_once_even_when_there_are_more_than_calls() {
    String[] many = new String[25];
    for (int i = 0; i < many.length; i++) {
      many[i] = "n" + i;
    }
    RecoveryScenario scenario = new RecoveryScenario(MEDIUM).discovering(neighbours(many)).run();
    assertThat(scenario.requestsByPeer)
        .hasSize(25)
        .allSatisfy((name, calls) -> assertThat(calls).isOne());
  }

  @Test
  void short_memory_asks_at_most_four_neighbours() {
    RecoveryScenario scenario =
        new RecoveryScenario(asReference(MemoryMode.SHORT))
            .discovering(neighbours("a", "b", "c", "d", "e"))
            .run();
    assertThat(scenario.requestsByPeer).containsOnlyKeys("a", "b", "c", "d");
  }

  @Test
  void gossip_mode_starts_at_once() {
    RecoveryScenario scenario = new RecoveryScenario(gossip()).discovering(neighbours("a")).run();
    assertThat(scenario.totalWait).isZero();
  }

  @Test
  void recovery_is_isolated_after_three_empty_discoveries() {
    RecoveryScenario scenario = new RecoveryScenario(MEDIUM).discovering(List.of()).run();

    assertThat(scenario.totalWait).isEqualTo(Duration.ofSeconds(30 + 30 + 60));
    assertThat(scenario.looks)
        .as("seconds since the start; each try repeats the discovery until its wait is over")
        .containsExactly(0L, 1L, 3L, 7L, 15L, 30L, 60L, 90L, 120L);
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.ISOLATED);
    assertThat(scenario.finish.reasons()).containsExactly("no neighbour was found in 3 tries");
  }

  @Test
  void a_neighbour_that_comes_at_the_second_look_is_enough() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM).discovering(List.of(), neighbours("a")).run();
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.COMPLETE);
    assertThat(scenario.totalWait).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void a_neighbour_that_appears_during_a_wait_is_asked_at_once() {
    RecoveryPlan plan = new RecoveryPlan(MEDIUM, "me", new SplittableRandom(1));
    plan.onEvent(new Started(1), RecoveryScenario.START);
    RecoveryEvent nobody = new RecoveryEvent.NeighboursDiscovered(List.of(), List.of(), false, 0);
    assertThat(plan.onEvent(nobody, RecoveryScenario.START))
        .hasOnlyElementsOfType(PlanCommand.WaitUntil.class);
    assertThat(plan.onEvent(new RecoveryEvent.NeighbourAppeared(), RecoveryScenario.START))
        .containsExactly(new PlanCommand.StartDiscovery());
  }

  @Test
  void a_neighbour_that_came_before_the_only_one_was_lost_is_asked_while_that_is_awaited() {
    Set<String> asked = new HashSet<>();
    RecoveryScenario scenario =
        new RecoveryScenario(withLadder(MEDIUM, Rung.PAGES))
            .discovering(neighbours("a"))
            .findingLater(neighbours("a", "b"))
            .answering(
                (peer, query) ->
                    asked.add(peer) || !peer.equals("a") || asked.contains("b")
                        ? fetched(10)
                        : failed(MeshFailure.UNREACHABLE))
            .run();

    assertThat(asked).containsExactlyInAnyOrder("a", "b");
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.COMPLETE);
  }

  @Test
  void the_last_try_waits_until_all_sources_have_replied() {
    RecoveryPlan plan = new RecoveryPlan(MEDIUM.withoutFirstWait(), "me", new SplittableRandom(1));
    plan.onEvent(new Started(1), RecoveryScenario.START);
    RecoveryEvent scanning =
        new RecoveryEvent.NeighboursDiscovered(List.of(), List.of(), false, 0, true);
    assertThat(plan.onEvent(scanning, RecoveryScenario.START))
        .hasOnlyElementsOfType(PlanCommand.WaitUntil.class);
    plan.onEvent(new RecoveryEvent.TimerFired(), RecoveryScenario.START);
    RecoveryEvent nobody = new RecoveryEvent.NeighboursDiscovered(List.of(), List.of(), false, 0);
    assertThat(plan.onEvent(nobody, RecoveryScenario.START))
        .hasAtLeastOneElementOfType(Finish.class);
  }

  @Test
  void neighbours_that_come_during_a_pass_are_asked_in_the_next_one() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(neighbours("a"))
            .findingLater(neighbours("a", "b"))
            .run();
    assertThat(scenario.stages)
        .containsExactly(
            "discovery complete",
            "sample complete",
            "discovery complete",
            "sample complete",
            "checkpoints complete",
            "keys complete",
            "pings complete");
    assertThat(scenario.requestsByPeer).containsOnlyKeys("a", "b");
    assertThat(scenario.finish).isEqualTo(new Finish(RecoveryOutcome.COMPLETE, List.of()));
  }

  @Test
  void names_that_keep_appearing_do_not_stretch_a_recovery() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(neighbours("a"))
            .findingLater(
                neighbours("a", "b"),
                neighbours("a", "b", "c"),
                neighbours("a", "b", "c", "d"),
                neighbours("a", "b", "c", "d", "e"))
            .run();
    assertThat(scenario.requestsByPeer).containsOnlyKeys("a", "b", "c", "d");
  }

  @Test
  void a_late_neighbour_makes_up_for_one_that_refused() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(neighbours("a"))
            .findingLater(neighbours("a", "b"))
            .answering((peer, q) -> peer.equals("a") ? failed(MeshFailure.UNREACHABLE) : fetched(5))
            .run();
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.PARTIAL);
    assertThat(scenario.finish.reasons()).singleElement().asString().startsWith("a answered none");
  }

  @Test
  void a_stop_with_neighbours_online_is_not_isolation() {
    RecoveryPlan plan = new RecoveryPlan(MEDIUM, "me", new SplittableRandom(1));
    plan.onEvent(new Started(1), RecoveryScenario.START);
    assertThat(plan.onEvent(new RecoveryEvent.StopRequested(3), RecoveryScenario.START))
        .contains(
            new Finish(
                RecoveryOutcome.PARTIAL,
                List.of(
                    "the node stopped during the recovery",
                    "neighbours are online, and none had given events yet")));
  }

  @Test
  void a_stop_before_any_neighbour_was_found_is_isolation_and_says_so() {
    RecoveryPlan plan = new RecoveryPlan(MEDIUM, "me", new SplittableRandom(1));
    plan.onEvent(new Started(1), RecoveryScenario.START);
    assertThat(plan.onEvent(new RecoveryEvent.StopRequested(0), RecoveryScenario.START))
        .contains(
            new Finish(
                RecoveryOutcome.ISOLATED,
                List.of(
                    "the node stopped during the recovery", "no neighbour was found until then")));
  }

  @Test
  void neighbours_of_a_further_pass_are_counted_as_more() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(neighbours("a"))
            .findingLater(neighbours("a", "b"))
            .answering((peer, q) -> fetched(5))
            .run();
    assertThat(scenario.executedCommands.toString())
        .contains("1 online, 1 with", "pass 2: 1 more online, 1 with");
  }

  @Test
  void a_configured_peer_that_is_not_there_makes_it_partial_and_is_named() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(neighbours("a"))
            .withTroubles("bart does not answer")
            .run();
    assertThat(scenario.finish)
        .isEqualTo(new Finish(RecoveryOutcome.PARTIAL, List.of("bart does not answer")));
  }

  @Test
  void a_failed_call_is_asked_of_another_and_the_one_who_failed_is_named() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(neighbours("good", "dead"))
            .answering(
                (peer, query) -> peer.equals("dead") ? failed(MeshFailure.UNREACHABLE) : fetched(5))
            .run();

    long answeredByGood = scenario.requestsByPeer.get("good");
    assertThat(answeredByGood).isGreaterThanOrEqualTo(10);
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.PARTIAL);
    assertThat(scenario.finish.reasons()).singleElement().asString().contains("dead");
  }

  @ParameterizedTest
  @EnumSource(
      value = MeshFailure.class,
      names = {"UNSUPPORTED", "STATUS"})
  void when_most_sample_calls_fail_slices_take_over_and_ask_without_a_subject_filter(
      MeshFailure failure) {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(neighbours("a", "b"))
            .answering((p, query) -> query instanceof Sample ? failed(failure) : fetched(5))
            .run();

    assertThat(scenario.stages)
        .startsWith("discovery complete", "sample failed", "slices complete");
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.COMPLETE);
    assertThat(slices(scenario))
        .allSatisfy(slice -> assertThat(slice.filter()).isEqualTo(Query.Filter.ALL));
  }

  @ParameterizedTest
  @CsvSource({"1, 2000", "2, 2000", "3, 60000", "7, 12000", "2, 999999"})
  void slices_of_each_neighbour_cover_every_index_once(int count, int events) {
    String[] names = new String[count];
    for (int i = 0; i < count; i++) {
      names[i] = "n" + i;
    }
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(neighbours(names))
            .answering((peer, query) -> slicesOf(events, query))
            .run();

    for (String name : names) {
      List<Slice> read =
          scenario.fetches.stream()
              .filter(f -> f.peer().name().equals(name) && f.query() instanceof Slice)
              .map(f -> (Slice) f.query())
              .filter(slice -> slice.total() != RecoveryLimits.COUNT_STEP)
              .toList();
      int total = read.getFirst().total();
      assertThat(read.stream().map(Slice::index).distinct()).hasSize(total);
      assertThat(read).hasSize(total).allMatch(slice -> slice.total() == total);
      long held = Math.min(events, MEDIUM.maxEvents());
      assertThat((long) total * Query.MAX_EVENTS).isGreaterThan(held);
    }
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.COMPLETE);
  }

  /** The answer of a peer that knows slices only. */
  private static MeshRequest.FetchOutcome slicesOf(int events, Query query) {
    return query instanceof Slice slice
        ? fetched(Math.min(slice.maxEvents(), Math.ceilDiv(events, slice.total())))
        : failed(MeshFailure.UNSUPPORTED);
  }

  @Test
  void slices_of_a_neighbour_that_fails_are_not_mixed_with_those_of_another() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(neighbours("a", "b"))
            .answering(
                (peer, query) ->
                    query instanceof Sample || peer.equals("b")
                        ? failed(MeshFailure.STATUS)
                        : fetched(5))
            .run();

    assertThat(scenario.stages).contains("slices partial");
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.PARTIAL);
    assertThat(scenario.finish.reasons()).anyMatch(reason -> reason.startsWith("b answered none"));
  }

  @Test
  void a_slice_that_a_neighbour_does_not_give_makes_it_partial_however_well_the_rest_went() {
    RecoveryScenario scenario =
        new RecoveryScenario(withLadder(MEDIUM, Rung.SLICES))
            .discovering(neighbours("a", "b"))
            .answering(
                (peer, query) ->
                    ((Slice) query).index() == 3
                        ? failed(MeshFailure.STALLED)
                        : slicesOf(20_000, query))
            .run();

    assertThat(scenario.stages).contains("slices partial");
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.PARTIAL);
    assertThat(scenario.finish.reasons()).contains("slices: not all slices came from a, b");
  }

  @Test
  void queued_calls_to_departed_peer_cost_no_retry() {
    Map<String, Integer> failures = new HashMap<>();
    RecoveryScenario scenario =
        new RecoveryScenario(withLadder(MEDIUM, Rung.SLICES))
            .discovering(neighbours("a", "b", "c", "d"))
            .answering(
                (peer, query) -> {
                  if (peer.equals("d")) {
                    return fetched(5);
                  }
                  failures.merge(peer, 1, Integer::sum);
                  return failed(MeshFailure.UNREACHABLE);
                })
            .run();

    assertThat(scenario.finish.reasons())
        .hasSize(3)
        .noneMatch(reason -> reason.contains("no peer answered"));
    assertThat(scenario.stages).doesNotContain("slices failed");
  }

  @Test
  void a_neighbour_that_cannot_sample_is_asked_for_slices_while_the_others_are_done() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(neighbours("new", "old", "new2"))
            .answering(
                (peer, query) ->
                    peer.equals("old") && query instanceof Sample
                        ? failed(MeshFailure.UNSUPPORTED)
                        : fetched(5))
            .run();

    assertThat(scenario.stages).contains("sample partial", "slices complete");
    assertThat(
            scenario.fetches.stream()
                .filter(f -> f.query() instanceof Slice)
                .map(f -> f.peer().name())
                .collect(Collectors.toSet()))
        .containsExactly("old");
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.COMPLETE);
  }

  @Test
  void without_a_mesh_the_plaza_recovers() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(List.of(neighbour("a", ""), neighbour("b", "")))
            .withPlazaAnswering("a", "b")
            .run();

    assertThat(scenario.stages)
        .startsWith("discovery complete", "sample skipped", "slices skipped", "plaza complete");
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.COMPLETE);
  }

  @Test
  void on_the_plaza_each_is_asked_about_its_part_and_then_about_everybody() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(List.of(neighbour("a", ""), neighbour("b", "")))
            .withPlazaAnswering("a", "b")
            .run();
    List<FetchFromPlaza> asked =
        scenario.executedCommands.stream()
            .filter(FetchFromPlaza.class::isInstance)
            .map(FetchFromPlaza.class::cast)
            .toList();
    assertThat(asked).hasSize(2);
    assertThat(asked.get(0).subjectsByNeighbour().values().stream().flatMap(List::stream))
        .containsExactlyInAnyOrder("a", "b", "me");
    assertThat(asked.get(1).subjectsByNeighbour().values()).containsOnly(List.of("*"));
  }

  @Test
  void a_neighbour_silent_on_the_plaza_makes_it_partial() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(List.of(neighbour("a", ""), neighbour("b", "")))
            .withPlazaAnswering("a")
            .run();
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.PARTIAL);
    assertThat(scenario.finish.reasons()).containsExactly("b did not answer on the plaza");
  }

  @Test
  void a_neighbour_silent_on_the_plaza_may_give_everything_over_the_mesh_later() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(List.of(neighbour("a", ""), neighbour("b", "")))
            .withPlazaAnswering("a")
            .findingLater(neighbours("b"))
            .run();
    assertThat(scenario.stages).contains("plaza partial");
    assertThat(scenario.finish).isEqualTo(new Finish(RecoveryOutcome.COMPLETE, List.of()));
  }

  @Test
  void a_mesh_neighbour_that_came_later_does_not_make_up_for_another_on_the_plaza() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(List.of(neighbour("a", ""), neighbour("b", ""), neighbour("c", "")))
            .withPlazaAnswering("a")
            .findingLater(neighbours("b", "c"))
            .answering((peer, q) -> peer.equals("c") ? failed(MeshFailure.UNREACHABLE) : fetched(5))
            .run();
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.PARTIAL);
    assertThat(scenario.finish.reasons().get(0)).isEqualTo("c did not answer on the plaza");
  }

  @Test
  void a_neighbour_with_empty_responses_on_the_plaza_makes_it_partial() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(List.of(neighbour("a", ""), neighbour("b", "")))
            .withPlazaAnswering("a", "b")
            .withEmptyPlazaAnswersOf("b")
            .run();
    assertThat(scenario.stages).contains("plaza partial");
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.PARTIAL);
    assertThat(scenario.finish.reasons())
        .containsExactly("b gave no acceptable events on the plaza");
  }

  @Test
  void when_the_mesh_fails_altogether_the_plaza_is_asked_as_the_last_rung() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(neighbours("a", "b"))
            .answering((peer, query) -> failed(MeshFailure.STALLED))
            .withPlazaAnswering("a", "b")
            .run();
    assertThat(scenario.stages)
        .startsWith("discovery complete", "sample failed", "slices failed", "plaza complete");
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.PARTIAL);
  }

  @Test
  void a_read_only_node_asks_nothing_over_the_plaza() {
    RecoveryConfig readOnly = RecordCopy.with(MEDIUM, "readOnly", true);
    RecoveryScenario scenario =
        new RecoveryScenario(readOnly)
            .discovering(List.of(neighbour("a", "")))
            .withPlazaAnswering("a")
            .run();
    assertThat(scenario.executedCommands).noneMatch(FetchFromPlaza.class::isInstance);
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.ISOLATED);
  }

  @Test
  void recovery_is_isolated_with_reasons_when_no_peer_responds() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(neighbours("a", "b"))
            .answering((peer, query) -> failed(MeshFailure.UNREACHABLE))
            .run();
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.ISOLATED);
    assertThat(scenario.finish.reasons()).hasSize(2);
  }

  @Test
  void a_hopeless_neighbour_does_not_get_all_the_calls() {
    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(neighbours("only"))
            .answering((peer, query) -> failed(MeshFailure.STALLED))
            .run();
    assertThat(scenario.fetches.size()).isLessThan(40);
    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.ISOLATED);
  }

  @Test
  void a_stop_at_any_moment_ends_it_at_once_and_exactly_once() {
    int commands =
        new RecoveryScenario(gossip())
            .discovering(neighbours("a", "b"))
            .run()
            .executedCommands
            .size();
    assertThat(commands).isPositive();

    RecoveryPlan plan = new RecoveryPlan(MEDIUM, "me", new SplittableRandom(1));
    plan.onEvent(new Started(1), RecoveryScenario.START);
    List<PlanCommand> atStop =
        plan.onEvent(new RecoveryEvent.StopRequested(0), RecoveryScenario.START);
    assertThat(atStop).filteredOn(Finish.class::isInstance).hasSize(1);
    assertThat(plan.onEvent(new RecoveryEvent.StopRequested(0), RecoveryScenario.START)).isEmpty();
    assertThat(plan.onEvent(new RecoveryEvent.TimerFired(), RecoveryScenario.START)).isEmpty();
  }

  @Test
  void late_or_unexpected_events_are_ignored() {
    RecoveryScenario scenario = new RecoveryScenario(MEDIUM).discovering(neighbours("a")).run();
    assertThat(scenario.apply(new FetchEnded(0, fetched(1), ""))).isEmpty();
    assertThat(scenario.apply(new RecoveryEvent.PingTimesSeeded(1))).isEmpty();

    RecoveryPlan plan = new RecoveryPlan(MEDIUM, "me", new SplittableRandom(1));
    plan.onEvent(new Started(1), RecoveryScenario.START);
    assertThat(plan.onEvent(new FetchEnded(7, fetched(1), ""), RecoveryScenario.START)).isEmpty();
    assertThat(
            plan.onEvent(
                new RecoveryEvent.KeySearchEnded(KeySearch.KeySearchResult.NONE),
                RecoveryScenario.START))
        .isEmpty();
  }

  @Test
  void a_part_of_the_node_that_fails_costs_its_stage_and_never_the_recovery() {
    RecoveryPlan plan = new RecoveryPlan(gossip(), "me", new SplittableRandom(1));
    plan.onEvent(new Started(1), RecoveryScenario.START);
    List<PlanCommand> out =
        plan.onEvent(
            new RecoveryEvent.NeighboursDiscovered(neighbours("a"), List.of(), false, 0),
            RecoveryScenario.START);
    while (out.stream().anyMatch(StartFetch.class::isInstance)) {
      List<PlanCommand> next = new ArrayList<>();
      for (PlanCommand command : out) {
        if (command instanceof StartFetch fetch) {
          next.addAll(
              plan.onEvent(new FetchEnded(fetch.callId(), fetched(1), ""), RecoveryScenario.START));
        }
      }
      out = next;
    }
    assertThat(out).hasAtLeastOneElementOfType(PlanCommand.FindFurther.class);
    assertThat(plan.onEvent(new StageFailed("discovery: late"), RecoveryScenario.START))
        .hasAtLeastOneElementOfType(PlanCommand.SyncCheckpoints.class);

    assertThat(plan.onEvent(new StageFailed("checkpoints: late"), RecoveryScenario.START))
        .hasAtLeastOneElementOfType(PlanCommand.SearchKeys.class);
    assertThat(plan.onEvent(new StageFailed("keys: late"), RecoveryScenario.START))
        .hasAtLeastOneElementOfType(PlanCommand.SeedPingTimes.class);
    assertThat(plan.onEvent(new StageFailed("pings: late"), RecoveryScenario.START))
        .contains(
            new Finish(
                RecoveryOutcome.PARTIAL,
                List.of("discovery: late", "checkpoints: late", "keys: late", "pings: late")));
  }

  @Test
  void a_plaza_that_breaks_is_left_and_what_it_answered_before_counts() {
    RecoveryPlan plan =
        new RecoveryPlan(withLadder(gossip(), Rung.PLAZA), "me", new SplittableRandom(1));
    plan.onEvent(new Started(1), RecoveryScenario.START);
    plan.onEvent(
        new RecoveryEvent.NeighboursDiscovered(neighbours("a"), List.of(), true, 0),
        RecoveryScenario.START);

    List<PlanCommand> left = plan.onEvent(new StageFailed("plaza: late"), RecoveryScenario.START);

    assertThat(left).hasAtLeastOneElementOfType(PlanCommand.FindFurther.class);
    assertThat(plan.finished()).isFalse();
  }

  @Test
  void configured_peers_that_gave_nothing_are_named_after_the_recovery() {
    List<Neighbour> all = new ArrayList<>(neighbours("a", "silent", "refusing", "hostile"));
    all.add(
        new Neighbour("discovered", "", "10.0.0.9:1", Optional.empty(), Set.of(Source.SCAN), true));
    Map<String, MeshFailure> failures =
        Map.of(
            "silent", MeshFailure.STALLED,
            "refusing", MeshFailure.STATUS,
            "hostile", MeshFailure.BAD_SIGNATURE,
            "discovered", MeshFailure.STALLED);

    RecoveryScenario scenario =
        new RecoveryScenario(MEDIUM)
            .discovering(all)
            .answering(
                (peer, query) ->
                    failures.containsKey(peer) ? failed(failures.get(peer)) : fetched(10))
            .run();

    assertThat(scenario.finish.recoveryOutcome()).isEqualTo(RecoveryOutcome.PARTIAL);
    assertThat(scenario.failedPeers()).containsExactlyInAnyOrder("silent", "refusing");
  }

  private static List<Slice> slices(RecoveryScenario scenario) {
    return scenario.fetches.stream()
        .map(StartFetch::query)
        .filter(Slice.class::isInstance)
        .map(Slice.class::cast)
        .toList();
  }

  private static RecoveryConfig gossip() {
    return RecordCopy.with(MEDIUM, "gossip", true);
  }

  private static RecoveryConfig asReference(MemoryMode mode) {
    return withLadder(RecoveryConfig.defaults(mode), Rung.SAMPLE, Rung.SLICES, Rung.PLAZA);
  }

  private static RecoveryConfig withLadder(RecoveryConfig config, Rung... rungs) {
    return RecordCopy.with(config, "ladder", List.of(rungs));
  }
}
