package nara.recovery;

import static nara.recovery.Story.brought;
import static nara.recovery.Story.failed;
import static nara.recovery.Story.neighbour;
import static nara.recovery.Story.neighbours;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import nara.ledger.Query;
import nara.mesh.MeshFailure;
import nara.recovery.Command.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryPlanTest {
  private static final RecoveryConfig MEDIUM = asReference(MemoryMode.MEDIUM);

  @Test
  void the_usual_recovery_samples_syncs_checkpoints_seeks_keys_and_seeds_pings() {
    Story story = new Story(MEDIUM).finding(neighbours("a", "b", "c")).play();

    assertThat(story.stages)
        .containsExactly(
            "discovery complete",
            "sample complete",
            "checkpoints complete",
            "keys complete",
            "pings complete");
    assertThat(story.finish).isEqualTo(new Command.Finish(Outcome.COMPLETE, List.of()));
    assertThat(story.waited).isEqualTo(Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @CsvSource({"SHORT, 5, 1000, 3", "MEDIUM, 10, 5000, 10", "HOG, 16, 5000, 10"})
  void a_sample_makes_capacity_over_page_calls_with_a_bounded_number_under_way(
      MemoryMode mode, int calls, int page, int underWay) {
    Story story = new Story(asReference(mode)).finding(neighbours("a", "b", "c")).play();

    assertThat(story.fetches).hasSize(calls);
    assertThat(story.fetches)
        .allSatisfy(f -> assertThat(((Query.Sample) f.query()).size()).isEqualTo(page));
    assertThat(story.underWayAtMost).isEqualTo(underWay);
    assertThat(story.asked.values()).allMatch(n -> n >= calls / 3);
  }

  @Test
  void every_neighbour_is_asked_at_least_once_even_when_there_are_more_than_calls() {
    String[] many = new String[25];
    for (int i = 0; i < many.length; i++) {
      many[i] = "n" + i;
    }
    Story story = new Story(MEDIUM).finding(neighbours(many)).play();
    assertThat(story.asked).hasSize(25).allSatisfy((name, calls) -> assertThat(calls).isOne());
  }

  @Test
  void short_memory_asks_at_most_four_neighbours() {
    Story story =
        new Story(asReference(MemoryMode.SHORT))
            .finding(neighbours("a", "b", "c", "d", "e"))
            .play();
    assertThat(story.asked).containsOnlyKeys("a", "b", "c", "d");
  }

  @Test
  void gossip_mode_starts_at_once() {
    Story story = new Story(gossip()).finding(neighbours("a")).play();
    assertThat(story.waited).isZero();
  }

  @Test
  void nobody_there_is_tried_three_times_and_then_is_isolation() {
    Story story = new Story(MEDIUM).finding(List.of()).play();

    assertThat(story.waited).isEqualTo(Duration.ofSeconds(30 + 30 + 60));
    assertThat(story.told.stream().filter(Command.Discover.class::isInstance)).hasSize(3);
    assertThat(story.finish.outcome()).isEqualTo(Outcome.ISOLATED);
    assertThat(story.finish.reasons()).containsExactly("no neighbour was found in 3 tries");
  }

  @Test
  void a_neighbour_that_comes_at_the_second_try_is_enough() {
    Story story = new Story(MEDIUM).finding(List.of(), neighbours("a")).play();
    assertThat(story.finish.outcome()).isEqualTo(Outcome.COMPLETE);
    assertThat(story.waited).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void a_configured_peer_that_is_not_there_makes_it_partial_and_is_named() {
    Story story =
        new Story(MEDIUM).finding(neighbours("a")).withTroubles("bart does not answer").play();
    assertThat(story.finish)
        .isEqualTo(new Command.Finish(Outcome.PARTIAL, List.of("bart does not answer")));
  }

  @Test
  void a_failed_call_is_asked_of_another_and_the_one_who_failed_is_named() {
    Story story =
        new Story(MEDIUM)
            .finding(neighbours("good", "dead"))
            .answering(
                (peer, query) -> peer.equals("dead") ? failed(MeshFailure.UNREACHABLE) : brought(5))
            .play();

    long answeredByGood = story.asked.get("good");
    assertThat(answeredByGood).isGreaterThanOrEqualTo(10);
    assertThat(story.finish.outcome()).isEqualTo(Outcome.PARTIAL);
    assertThat(story.finish.reasons()).singleElement().asString().contains("dead");
  }

  @ParameterizedTest
  @EnumSource(
      value = MeshFailure.class,
      names = {"UNSUPPORTED", "STATUS"})
  void when_most_sample_calls_fail_slices_take_over_and_ask_without_a_subject_filter(
      MeshFailure failure) {
    Story story =
        new Story(MEDIUM)
            .finding(neighbours("a", "b"))
            .answering((p, query) -> query instanceof Query.Sample ? failed(failure) : brought(5))
            .play();

    assertThat(story.stages).startsWith("discovery complete", "sample failed", "slices complete");
    assertThat(story.finish.outcome()).isEqualTo(Outcome.COMPLETE);
    assertThat(slices(story))
        .allSatisfy(slice -> assertThat(slice.filter()).isEqualTo(Query.Filter.ALL));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 10, 40})
  void slices_cover_every_index_once_within_what_one_answer_can_hold(int count) {
    String[] names = new String[count];
    for (int i = 0; i < count; i++) {
      names[i] = "n" + i;
    }
    Story story = new Story(MEDIUM).finding(neighbours(names)).answering(onlySlices()).play();

    List<Query.Slice> slices = slices(story);
    int total = slices.get(0).total();
    assertThat(slices.stream().map(Query.Slice::index).sorted().distinct()).hasSize(total);
    assertThat(slices).hasSize(total);
    assertThat(slices)
        .allSatisfy(s -> assertThat(s.most()).isBetween(RecoveryPlan.SLICE_LEAST, Query.MOST));
    assertThat((long) total * slices.get(0).most() / count)
        .isGreaterThanOrEqualTo(RecoveryPlan.SLICES_CAPACITY / count);
  }

  @Test
  void a_slice_whose_neighbour_fails_is_fetched_from_another() {
    Story story =
        new Story(MEDIUM)
            .finding(neighbours("a", "b"))
            .answering(
                (peer, query) ->
                    query instanceof Query.Sample || peer.equals("b")
                        ? failed(MeshFailure.STATUS)
                        : brought(5))
            .play();

    Map<Integer, String> lastAsked = new HashMap<>();
    story.fetches.stream()
        .filter(f -> f.query() instanceof Query.Slice)
        .forEach(f -> lastAsked.put(((Query.Slice) f.query()).index(), f.peer().name()));
    assertThat(lastAsked.values()).containsOnly("a");
    assertThat(story.finish.outcome()).isEqualTo(Outcome.PARTIAL);
  }

  @Test
  void a_slice_that_nobody_can_give_makes_it_partial_however_well_the_rest_went() {
    Story story =
        new Story(RecoveryConfig.defaults(MemoryMode.MEDIUM).climbing(RecoveryConfig.Rung.SLICES))
            .finding(neighbours("a", "b"))
            .answering(
                (peer, query) ->
                    ((Query.Slice) query).index() == 3 ? failed(MeshFailure.STALLED) : brought(5))
            .play();

    assertThat(story.stages).contains("slices partial");
    assertThat(story.finish.outcome()).isEqualTo(Outcome.PARTIAL);
    assertThat(story.finish.reasons()).contains("slices: 1 of 10 calls were answered by nobody");
  }

  @Test
  void calls_that_wait_for_who_is_gone_by_now_cost_no_try() {
    Map<String, Integer> failures = new HashMap<>();
    Story story =
        new Story(RecoveryConfig.defaults(MemoryMode.MEDIUM).climbing(RecoveryConfig.Rung.SLICES))
            .finding(neighbours("a", "b", "c", "d"))
            .answering(
                (peer, query) -> {
                  if (peer.equals("d")) {
                    return brought(5);
                  }
                  failures.merge(peer, 1, Integer::sum);
                  return failed(MeshFailure.UNREACHABLE);
                })
            .play();

    assertThat(story.finish.reasons()).hasSize(3).noneMatch(reason -> reason.contains("nobody"));
    assertThat(story.stages).doesNotContain("slices failed");
  }

  @Test
  void a_neighbour_that_cannot_sample_is_asked_for_slices_while_the_others_are_done() {
    Story story =
        new Story(MEDIUM)
            .finding(neighbours("new", "old", "new2"))
            .answering(
                (peer, query) ->
                    peer.equals("old") && query instanceof Query.Sample
                        ? failed(MeshFailure.UNSUPPORTED)
                        : brought(5))
            .play();

    assertThat(story.stages).contains("sample partial", "slices complete");
    assertThat(
            story.fetches.stream()
                .filter(f -> f.query() instanceof Query.Slice)
                .map(f -> f.peer().name())
                .collect(Collectors.toSet()))
        .containsExactly("old");
    assertThat(story.finish.outcome()).isEqualTo(Outcome.COMPLETE);
  }

  @Test
  void without_a_mesh_the_plaza_recovers() {
    Story story =
        new Story(MEDIUM)
            .finding(List.of(neighbour("a", ""), neighbour("b", "")))
            .withPlazaWhere("a", "b")
            .play();

    assertThat(story.stages)
        .startsWith("discovery complete", "sample skipped", "slices skipped", "plaza complete");
    assertThat(story.finish.outcome()).isEqualTo(Outcome.COMPLETE);
  }

  @Test
  void on_the_plaza_each_is_asked_about_its_part_and_then_about_everybody() {
    Story story =
        new Story(MEDIUM)
            .finding(List.of(neighbour("a", ""), neighbour("b", "")))
            .withPlazaWhere("a", "b")
            .play();
    List<Command.AskPlaza> asked =
        story.told.stream()
            .filter(Command.AskPlaza.class::isInstance)
            .map(Command.AskPlaza.class::cast)
            .toList();
    assertThat(asked).hasSize(2);
    assertThat(asked.get(0).subjectsByNeighbour().values().stream().flatMap(List::stream))
        .containsExactlyInAnyOrder("a", "b", "me");
    assertThat(asked.get(1).subjectsByNeighbour().values()).containsOnly(List.of("*"));
  }

  @Test
  void a_neighbour_silent_on_the_plaza_makes_it_partial() {
    Story story =
        new Story(MEDIUM)
            .finding(List.of(neighbour("a", ""), neighbour("b", "")))
            .withPlazaWhere("a")
            .play();
    assertThat(story.finish.outcome()).isEqualTo(Outcome.PARTIAL);
    assertThat(story.finish.reasons()).containsExactly("b did not answer on the plaza");
  }

  @Test
  void when_the_mesh_fails_altogether_the_plaza_is_asked_as_the_last_rung() {
    Story story =
        new Story(MEDIUM)
            .finding(neighbours("a", "b"))
            .answering((peer, query) -> failed(MeshFailure.STALLED))
            .withPlazaWhere("a", "b")
            .play();
    assertThat(story.stages)
        .startsWith("discovery complete", "sample failed", "slices failed", "plaza complete");
    assertThat(story.finish.outcome()).isEqualTo(Outcome.PARTIAL);
  }

  @Test
  void a_read_only_node_asks_nothing_over_the_plaza() {
    RecoveryConfig readOnly =
        new RecoveryConfig(
            MEDIUM.ladder(),
            MEDIUM.firstWait(),
            1,
            MEDIUM.retryWait(),
            MEDIUM.mode(),
            50_000,
            5_000,
            10,
            MEDIUM.callTimeout(),
            3,
            MEDIUM.plazaQuiet(),
            MEDIUM.plazaDeadline(),
            false,
            true,
            MEDIUM.thoroughness(),
            80_000);
    Story story =
        new Story(readOnly).finding(List.of(neighbour("a", ""))).withPlazaWhere("a").play();
    assertThat(story.told).noneMatch(Command.AskPlaza.class::isInstance);
    assertThat(story.finish.outcome()).isEqualTo(Outcome.ISOLATED);
  }

  @Test
  void nobody_who_answers_is_isolation_and_says_why_for_each() {
    Story story =
        new Story(MEDIUM)
            .finding(neighbours("a", "b"))
            .answering((peer, query) -> failed(MeshFailure.UNREACHABLE))
            .play();
    assertThat(story.finish.outcome()).isEqualTo(Outcome.ISOLATED);
    assertThat(story.finish.reasons()).hasSize(2);
  }

  @Test
  void a_hopeless_neighbour_does_not_get_all_the_calls() {
    Story story =
        new Story(MEDIUM)
            .finding(neighbours("only"))
            .answering((peer, query) -> failed(MeshFailure.STALLED))
            .play();
    assertThat(story.fetches.size()).isLessThan(40);
    assertThat(story.finish.outcome()).isEqualTo(Outcome.ISOLATED);
  }

  @Test
  void a_stop_at_any_moment_ends_it_at_once_and_exactly_once() {
    int commands = new Story(gossip()).finding(neighbours("a", "b")).play().told.size();
    assertThat(commands).isPositive();

    RecoveryPlan plan = new RecoveryPlan(MEDIUM, "me", new SplittableRandom(1));
    plan.on(new Happening.Started(), Story.START);
    List<Command> atStop = plan.on(new Happening.StopAsked(), Story.START);
    assertThat(atStop).filteredOn(Command.Finish.class::isInstance).hasSize(1);
    assertThat(plan.on(new Happening.StopAsked(), Story.START)).isEmpty();
    assertThat(plan.on(new Happening.TimeCame(), Story.START)).isEmpty();
  }

  @Test
  void what_comes_after_the_end_or_out_of_turn_changes_nothing() {
    Story story = new Story(MEDIUM).finding(neighbours("a")).play();
    assertThat(story.then(new Happening.CallEnded(0, brought(1)))).isEmpty();
    assertThat(story.then(new Happening.PingsSeeded(1))).isEmpty();

    RecoveryPlan plan = new RecoveryPlan(MEDIUM, "me", new SplittableRandom(1));
    plan.on(new Happening.Started(), Story.START);
    assertThat(plan.on(new Happening.CallEnded(7, brought(1)), Story.START)).isEmpty();
    assertThat(plan.on(new Happening.KeysSought(0, 0), Story.START)).isEmpty();
  }

  @Test
  void a_part_of_the_node_that_fails_costs_its_stage_and_never_the_recovery() {
    RecoveryPlan plan = new RecoveryPlan(gossip(), "me", new SplittableRandom(1));
    plan.on(new Happening.Started(), Story.START);
    List<Command> out =
        plan.on(new Happening.Found(neighbours("a"), List.of(), false), Story.START);
    while (out.stream().anyMatch(Command.Fetch.class::isInstance)) {
      List<Command> next = new ArrayList<>();
      for (Command command : out) {
        if (command instanceof Command.Fetch fetch) {
          next.addAll(plan.on(new Happening.CallEnded(fetch.call(), brought(1)), Story.START));
        }
      }
      out = next;
    }
    assertThat(out).hasAtLeastOneElementOfType(Command.SyncCheckpoints.class);

    assertThat(plan.on(new Happening.Broke("checkpoints: late"), Story.START))
        .hasAtLeastOneElementOfType(Command.SeekKeys.class);
    assertThat(plan.on(new Happening.Broke("keys: late"), Story.START))
        .hasAtLeastOneElementOfType(Command.SeedPings.class);
    assertThat(plan.on(new Happening.Broke("pings: late"), Story.START))
        .contains(
            new Command.Finish(
                Outcome.PARTIAL, List.of("checkpoints: late", "keys: late", "pings: late")));
  }

  @Test
  void a_plaza_that_breaks_is_left_and_what_it_answered_before_counts() {
    RecoveryPlan plan =
        new RecoveryPlan(
            gossip().climbing(RecoveryConfig.Rung.PLAZA), "me", new SplittableRandom(1));
    plan.on(new Happening.Started(), Story.START);
    plan.on(new Happening.Found(neighbours("a"), List.of(), true), Story.START);

    List<Command> left = plan.on(new Happening.Broke("plaza: late"), Story.START);

    assertThat(left).hasAtLeastOneElementOfType(Command.SeekKeys.class);
    assertThat(plan.finished()).isFalse();
  }

  private static java.util.function.BiFunction<String, Query, nara.mesh.MeshRequest.FetchOutcome>
      onlySlices() {
    return (peer, query) ->
        query instanceof Query.Slice ? brought(5) : failed(MeshFailure.UNSUPPORTED);
  }

  private static List<Query.Slice> slices(Story story) {
    return story.fetches.stream()
        .map(Command.Fetch::query)
        .filter(Query.Slice.class::isInstance)
        .map(Query.Slice.class::cast)
        .toList();
  }

  private static RecoveryConfig gossip() {
    return new RecoveryConfig(
        MEDIUM.ladder(),
        MEDIUM.firstWait(),
        3,
        MEDIUM.retryWait(),
        MEDIUM.mode(),
        50_000,
        5_000,
        10,
        MEDIUM.callTimeout(),
        3,
        MEDIUM.plazaQuiet(),
        MEDIUM.plazaDeadline(),
        true,
        false,
        MEDIUM.thoroughness(),
        80_000);
  }

  private static RecoveryConfig asReference(MemoryMode mode) {
    return RecoveryConfig.defaults(mode)
        .climbing(
            RecoveryConfig.Rung.SAMPLE, RecoveryConfig.Rung.SLICES, RecoveryConfig.Rung.PLAZA);
  }
}
