package nara.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import nara.discovery.Neighbour;
import nara.event.Event;
import nara.ledger.LedgerRequest.Sighting;
import nara.upkeep.Task.Changed;
import nara.upkeep.Task.Check;
import nara.upkeep.Task.FirstSeen;
import nara.upkeep.Task.Lost;
import nara.upkeep.Task.Restarted;
import nara.upkeep.Task.Vouch;
import org.junit.jupiter.api.Test;

class WatchTest {
  private static final Instant BEGAN = Instant.parse("2026-11-01T00:00:00Z");
  private static final Duration MISSING_AFTER = Duration.ofMinutes(5);

  private Watch watch = new Watch(BEGAN, MISSING_AFTER, true, new SplittableRandom(1));
  private final List<Neighbour> neighbours = new ArrayList<>();
  private final Map<String, Sighting> ledger = new HashMap<>();
  private Instant now = BEGAN;

  private void neighbour(String name, String address, boolean online) {
    neighbours.removeIf(other -> other.name().equals(name));
    Set<Neighbour.Source> sources = Set.of(Neighbour.Source.PLAZA);
    neighbours.add(new Neighbour(name, "", address, Optional.empty(), sources, online));
  }

  private void says(String name, String state, String change) {
    ledger.put(name, new Sighting(state, state, Event.nanos(now), change));
  }

  private void silent(String name, String change) {
    ledger.put(name, new Sighting("MISSING", "ONLINE", Event.nanos(BEGAN), change));
  }

  private List<Task> lookAfter(long seconds) {
    now = now.plusSeconds(seconds);
    return watch.look(neighbours, ledger, now);
  }

  @Test
  void what_was_before_the_first_look_is_not_told_but_who_is_there_may_be_seen_first() {
    neighbour("bart", "", false);
    neighbour("lisa", "", true);
    neighbour("abe", "", false);
    says("bart", "OFFLINE", "");
    says("lisa", "ONLINE", "");
    silent("abe", "ONLINE");

    assertThat(lookAfter(0)).containsExactly(new FirstSeen("lisa"));
    assertThat(lookAfter(60)).isEmpty();
    assertThat(watch.online("lisa")).isTrue();
    assertThat(watch.online("bart")).isFalse();
    assertThat(watch.online("nobody")).isFalse();
  }

  @Test
  void a_crowd_that_comes_at_once_is_told_of_little_by_little_while_it_is_there() {
    int crowd = 3 * Watch.FIRSTS_AT_ONCE;
    for (int i = 0; i < crowd; i++) {
      neighbour("n" + i, "", true);
      says("n" + i, "ONLINE", "");
    }
    assertThat(lookAfter(0)).hasSize(Watch.FIRSTS_AT_ONCE).allMatch(FirstSeen.class::isInstance);
    assertThat(lookAfter(10)).hasSize(Watch.FIRSTS_AT_ONCE).allMatch(FirstSeen.class::isInstance);
    for (int i = 0; i < crowd; i++) {
      silent("n" + i, "");
    }

    assertThat(lookAfter(600)).as("the rest is gone again").noneMatch(FirstSeen.class::isInstance);
    says("n" + (crowd - 1), "ONLINE", "");
    assertThat(lookAfter(10)).contains(new FirstSeen("n" + (crowd - 1)));
  }

  @Test
  void of_a_crowd_that_goes_at_once_each_is_told_of_though_not_in_one_look() {
    int crowd = 2 * Watch.CHANGES_AT_ONCE;
    for (int i = 0; i < crowd; i++) {
      neighbour("n" + i, "", true);
      says("n" + i, "ONLINE", "ONLINE");
    }
    lookAfter(0);
    for (int i = 0; i < crowd; i++) {
      neighbour("n" + i, "", false);
      says("n" + i, "OFFLINE", "ONLINE");
    }
    lookAfter(10);
    List<Task> told = new ArrayList<>();
    for (int look = 0; look < 2; look++) {
      List<Task> changes = lookAfter(11).stream().filter(Changed.class::isInstance).toList();
      assertThat(changes).hasSize(Watch.CHANGES_AT_ONCE);
      told.addAll(changes);
    }

    assertThat(told).doesNotHaveDuplicates().hasSize(crowd);
  }

  @Test
  void who_leaves_is_said_to_be_offline_after_a_while_and_only_once() {
    neighbour("bart", "h:1", true);
    says("bart", "ONLINE", "ONLINE");
    lookAfter(0);
    neighbour("bart", "h:1", false);
    says("bart", "OFFLINE", "ONLINE");

    assertThat(lookAfter(10)).isEmpty();
    assertThat(lookAfter(10)).containsExactly(new Changed("bart", "OFFLINE"));
    assertThat(lookAfter(10)).isEmpty();
  }

  @Test
  void what_others_have_said_by_then_is_not_said_again() {
    neighbour("bart", "", true);
    says("bart", "ONLINE", "ONLINE");
    lookAfter(0);
    says("bart", "OFFLINE", "ONLINE");
    assertThat(lookAfter(1)).isEmpty();
    says("bart", "OFFLINE", "OFFLINE");

    assertThat(lookAfter(10)).isEmpty();
    assertThat(lookAfter(10)).isEmpty();
  }

  @Test
  void who_falls_silent_is_pinged_and_is_missing_only_when_the_ping_was_in_vain() {
    neighbour("bart", "h:1", true);
    says("bart", "ONLINE", "");
    lookAfter(0);
    silent("bart", "");

    assertThat(lookAfter(301)).containsExactly(new Check("bart", "h:1"));
    assertThat(lookAfter(10)).as("while it is pinged").isEmpty();
    assertThat(watch.online("bart")).isTrue();
    watch.checked("bart");
    assertThat(lookAfter(10)).containsExactly(new Lost("bart"));
    neighbour("bart", "h:1", false);
    assertThat(lookAfter(10)).containsExactly(new Changed("bart", "MISSING"));
    assertThat(lookAfter(600)).isEmpty();
  }

  @Test
  void who_answers_the_ping_is_there_as_before() {
    neighbour("bart", "h:1", true);
    says("bart", "ONLINE", "");
    lookAfter(0);
    silent("bart", "");
    assertThat(lookAfter(301)).containsExactly(new Check("bart", "h:1"));
    says("bart", "ONLINE", "");
    watch.checked("bart");

    assertThat(lookAfter(10)).isEmpty();
    assertThat(lookAfter(10)).isEmpty();
  }

  @Test
  void a_false_word_that_somebody_is_missing_is_checked_too() {
    neighbour("bart", "h:1", true);
    says("bart", "ONLINE", "");
    lookAfter(0);
    says("bart", "MISSING", "MISSING");

    assertThat(lookAfter(10)).containsExactly(new Check("bart", "h:1"));
  }

  @Test
  void no_look_begins_more_pings_than_its_limit_and_the_rest_waits() {
    for (int i = 0; i < Watch.CHECKS_AT_ONCE + 5; i++) {
      neighbour("n" + i, "h:" + i, true);
      says("n" + i, "ONLINE", "");
    }
    lookAfter(0);
    ledger.keySet().forEach(name -> silent(name, ""));

    assertThat(lookAfter(301))
        .hasSize(Watch.CHECKS_AT_ONCE)
        .allMatch(task -> task instanceof Check);
    assertThat(lookAfter(10)).hasSize(5).allMatch(task -> task instanceof Check);
  }

  @Test
  void who_was_heard_is_vouched_for_as_of_then_and_not_more_often_than_every_two_minutes() {
    neighbour("bart", "", true);
    says("bart", "ONLINE", "");
    lookAfter(0);
    silent("bart", "");
    Instant heard = now.plusSeconds(300);
    watch.heard("bart", heard);

    assertThat(lookAfter(301)).containsExactly(new Vouch("bart", heard));
    assertThat(lookAfter(60)).isEmpty();
    assertThat(lookAfter(60)).containsExactly(new Vouch("bart", heard));
    assertThat(watch.online("bart")).isTrue();
    // Nothing more is heard, so it is missing in the end.
    assertThat(lookAfter(600)).containsExactly(new Lost("bart"));
  }

  @Test
  void a_goodbye_ends_what_was_heard_before_it() {
    neighbour("bart", "", true);
    says("bart", "ONLINE", "ONLINE");
    lookAfter(0);
    now = now.plusSeconds(10);
    watch.heard("bart", now);
    watch.left("bart", Event.nanos(now));
    says("bart", "OFFLINE", "ONLINE");

    lookAfter(1);
    assertThat(lookAfter(10)).containsExactly(new Changed("bart", "OFFLINE"));
  }

  @Test
  void who_announces_itself_after_a_goodbye_has_restarted_even_between_two_looks() {
    neighbour("bart", "", true);
    says("bart", "ONLINE", "ONLINE");
    lookAfter(0);
    watch.left("bart", Event.nanos(now.plusSeconds(1)));
    watch.announced("bart", Event.nanos(now.plusSeconds(3)), now.plusSeconds(3));

    assertThat(lookAfter(10))
        .containsExactly(new Restarted("bart", BEGAN.plusSeconds(3).getEpochSecond()));
    assertThat(lookAfter(10)).isEmpty();
  }

  @Test
  void who_announces_itself_after_it_was_missing_has_restarted_and_is_online_again() {
    neighbour("bart", "", false);
    says("bart", "MISSING", "MISSING");
    lookAfter(0);
    now = now.plusSeconds(60);
    says("bart", "ONLINE", "MISSING");
    watch.announced("bart", Event.nanos(now), now);

    lookAfter(1);
    assertThat(lookAfter(5))
        .containsExactly(
            new Restarted("bart", BEGAN.plusSeconds(60).getEpochSecond()),
            new Changed("bart", "ONLINE"));
  }

  @Test
  void who_is_merely_heard_again_after_it_was_missing_has_not_restarted() {
    neighbour("bart", "", false);
    says("bart", "MISSING", "MISSING");
    lookAfter(0);
    now = now.plusSeconds(60);
    says("bart", "ONLINE", "MISSING");

    lookAfter(1);
    assertThat(lookAfter(5)).containsExactly(new Changed("bart", "ONLINE"));
  }

  @Test
  void a_second_announcement_of_one_who_is_there_is_no_restart() {
    neighbour("bart", "", true);
    says("bart", "ONLINE", "ONLINE");
    lookAfter(0);
    watch.announced("bart", Event.nanos(now.plusSeconds(1)), now.plusSeconds(1));

    assertThat(lookAfter(10)).isEmpty();
  }

  @Test
  void comings_and_goings_from_before_this_nodes_time_are_history() {
    neighbour("bart", "", true);
    says("bart", "ONLINE", "ONLINE");
    lookAfter(0);
    watch.left("bart", Event.nanos(BEGAN.minusSeconds(20)));
    watch.announced("bart", Event.nanos(BEGAN.minusSeconds(10)), now);

    assertThat(lookAfter(10)).isEmpty();
  }

  @Test
  void one_of_whom_the_ledger_knows_nothing_is_pinged_once_a_minute_until_it_is_given_up() {
    neighbour("bart", "h:1", true);
    assertThat(lookAfter(0)).containsExactly(new Check("bart", "h:1"));
    watch.checked("bart");
    assertThat(lookAfter(10)).containsExactly(new Lost("bart"));
    neighbour("bart", "h:1", false);
    assertThat(lookAfter(300)).isEmpty();
  }

  @Test
  void without_a_mesh_nobody_is_pinged() {
    watch = new Watch(BEGAN, MISSING_AFTER, false, new SplittableRandom(1));
    neighbour("bart", "h:1", true);
    says("bart", "ONLINE", "");
    lookAfter(0);
    silent("bart", "");

    assertThat(lookAfter(301)).containsExactly(new Lost("bart"));
  }

  @Test
  void who_is_no_neighbour_any_more_is_not_watched() {
    neighbour("bart", "", true);
    says("bart", "ONLINE", "");
    lookAfter(0);
    neighbours.clear();
    lookAfter(1);

    assertThat(watch.online("bart")).isFalse();
  }

  @Test
  void who_has_said_goodbye_is_not_there_any_more_before_the_next_look() {
    neighbour("bart", "h:1", true);
    says("bart", "ONLINE", "ONLINE");
    lookAfter(0);
    now = now.plusSeconds(1);
    assertThat(watch.online("bart")).isTrue();

    watch.left("bart", Event.nanos(now));
    assertThat(watch.online("bart")).isFalse();

    watch.announced("bart", Event.nanos(now) + 1, now);
    assertThat(watch.online("bart")).isTrue();
  }
}
