package nara.liveness;

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
import nara.liveness.LivenessAction.MarkMissing;
import nara.liveness.LivenessAction.PingSilent;
import nara.liveness.LivenessAction.ReportFirstSeen;
import nara.liveness.LivenessAction.ReportRestart;
import nara.liveness.LivenessAction.ReportSeen;
import nara.liveness.LivenessAction.ReportStatusChange;
import org.junit.jupiter.api.Test;

class PresenceTrackerTest {
  private static final Instant BEGAN = Instant.parse("2026-11-01T00:00:00Z");
  private static final Duration MISSING_AFTER = Duration.ofMinutes(5);

  private PresenceTracker presenceTracker =
      new PresenceTracker(BEGAN, MISSING_AFTER, true, new SplittableRandom(1));
  private final List<Neighbour> neighbours = new ArrayList<>();
  private final Map<String, Sighting> ledger = new HashMap<>();
  private Instant now = BEGAN;

  private void neighbour(String name, String address, boolean online) {
    neighbours.removeIf(other -> other.name().equals(name));
    Set<Neighbour.Source> sources = Set.of(Neighbour.Source.PLAZA);
    neighbours.add(new Neighbour(name, "", address, Optional.empty(), sources, online));
  }

  private void says(String name, String state, String change) {
    ledger.put(name, new Sighting(state, state, Event.unixNanos(now), change));
  }

  private void silent(String name, String change) {
    ledger.put(name, new Sighting("MISSING", "ONLINE", Event.unixNanos(BEGAN), change));
  }

  private List<LivenessAction> lookAfter(long seconds) {
    now = now.plusSeconds(seconds);
    return presenceTracker.check(neighbours, ledger, now);
  }

  @Test
  void earlier_changes_are_not_reported_after_first_check() {
    neighbour("bart", "", false);
    neighbour("lisa", "", true);
    neighbour("abe", "", false);
    says("bart", "OFFLINE", "");
    says("lisa", "ONLINE", "");
    silent("abe", "ONLINE");

    assertThat(lookAfter(0)).containsExactly(new ReportFirstSeen("lisa"));
    assertThat(lookAfter(60)).isEmpty();
    assertThat(presenceTracker.isOnline("lisa")).isTrue();
    assertThat(presenceTracker.isOnline("bart")).isFalse();
    assertThat(presenceTracker.isOnline("nobody")).isFalse();
  }

  @Test
  void many_arrivals_are_reported_in_bounded_steps() {
    int crowd = 3 * PresenceTracker.MAX_FIRST_SEEN_PER_CHECK;
    for (int i = 0; i < crowd; i++) {
      neighbour("n" + i, "", true);
      says("n" + i, "ONLINE", "");
    }
    assertThat(lookAfter(0))
        .hasSize(PresenceTracker.MAX_FIRST_SEEN_PER_CHECK)
        .allMatch(ReportFirstSeen.class::isInstance);
    assertThat(lookAfter(10))
        .hasSize(PresenceTracker.MAX_FIRST_SEEN_PER_CHECK)
        .allMatch(ReportFirstSeen.class::isInstance);
    for (int i = 0; i < crowd; i++) {
      silent("n" + i, "");
    }

    assertThat(lookAfter(600))
        .as("the rest is gone again")
        .noneMatch(ReportFirstSeen.class::isInstance);
    says("n" + (crowd - 1), "ONLINE", "");
    assertThat(lookAfter(10)).contains(new ReportFirstSeen("n" + (crowd - 1)));
  }

  @Test
  void many_departures_are_all_reported_over_several_checks() {
    int crowd = 2 * PresenceTracker.MAX_CHANGES_PER_CHECK;
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
    List<LivenessAction> told = new ArrayList<>();
    for (int look = 0; look < 2; look++) {
      List<LivenessAction> changes =
          lookAfter(11).stream().filter(ReportStatusChange.class::isInstance).toList();
      assertThat(changes).hasSize(PresenceTracker.MAX_CHANGES_PER_CHECK);
      told.addAll(changes);
    }

    assertThat(told).doesNotHaveDuplicates().hasSize(crowd);
  }

  @Test
  void leaving_neighbour_is_reported_offline_once() {
    neighbour("bart", "h:1", true);
    says("bart", "ONLINE", "ONLINE");
    lookAfter(0);
    neighbour("bart", "h:1", false);
    says("bart", "OFFLINE", "ONLINE");

    assertThat(lookAfter(10)).isEmpty();
    assertThat(lookAfter(10)).containsExactly(new ReportStatusChange("bart", "OFFLINE"));
    assertThat(lookAfter(10)).isEmpty();
  }

  @Test
  void change_reported_by_others_is_not_repeated() {
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
  void silent_neighbour_is_missing_only_after_failed_ping() {
    neighbour("bart", "h:1", true);
    says("bart", "ONLINE", "");
    lookAfter(0);
    silent("bart", "");

    assertThat(lookAfter(301)).containsExactly(new PingSilent("bart", "h:1"));
    assertThat(lookAfter(10)).as("while it is pinged").isEmpty();
    assertThat(presenceTracker.isOnline("bart")).isTrue();
    presenceTracker.recordPingDone("bart");
    assertThat(lookAfter(10)).containsExactly(new MarkMissing("bart"));
    neighbour("bart", "h:1", false);
    assertThat(lookAfter(10)).containsExactly(new ReportStatusChange("bart", "MISSING"));
    assertThat(lookAfter(600)).isEmpty();
  }

  @Test
  void neighbour_that_answers_ping_stays_online() {
    neighbour("bart", "h:1", true);
    says("bart", "ONLINE", "");
    lookAfter(0);
    silent("bart", "");
    assertThat(lookAfter(301)).containsExactly(new PingSilent("bart", "h:1"));
    says("bart", "ONLINE", "");
    presenceTracker.recordPingDone("bart");

    assertThat(lookAfter(10)).isEmpty();
    assertThat(lookAfter(10)).isEmpty();
  }

  @Test
  void reported_missing_is_checked_by_ping() {
    neighbour("bart", "h:1", true);
    says("bart", "ONLINE", "");
    lookAfter(0);
    says("bart", "MISSING", "MISSING");

    assertThat(lookAfter(10)).containsExactly(new PingSilent("bart", "h:1"));
  }

  @Test
  void pings_per_check_are_bounded() {
    for (int i = 0; i < PresenceTracker.MAX_PINGS_PER_CHECK + 5; i++) {
      neighbour("n" + i, "h:" + i, true);
      says("n" + i, "ONLINE", "");
    }
    lookAfter(0);
    ledger.keySet().forEach(name -> silent(name, ""));

    assertThat(lookAfter(301))
        .hasSize(PresenceTracker.MAX_PINGS_PER_CHECK)
        .allMatch(livenessAction -> livenessAction instanceof PingSilent);
    assertThat(lookAfter(10))
        .hasSize(5)
        .allMatch(livenessAction -> livenessAction instanceof PingSilent);
  }

  @Test
  void seen_event_is_emitted_at_most_every_two_minutes() {
    neighbour("bart", "", true);
    says("bart", "ONLINE", "");
    lookAfter(0);
    silent("bart", "");
    Instant heard = now.plusSeconds(300);
    presenceTracker.recordHeard("bart", heard);

    assertThat(lookAfter(301)).containsExactly(new ReportSeen("bart", heard));
    assertThat(lookAfter(60)).isEmpty();
    assertThat(lookAfter(60)).containsExactly(new ReportSeen("bart", heard));
    assertThat(presenceTracker.isOnline("bart")).isTrue();
    // Nothing more is heard, so it is missing in the end.
    assertThat(lookAfter(600)).containsExactly(new MarkMissing("bart"));
  }

  @Test
  void chau_discards_earlier_sightings() {
    neighbour("bart", "", true);
    says("bart", "ONLINE", "ONLINE");
    lookAfter(0);
    now = now.plusSeconds(10);
    presenceTracker.recordHeard("bart", now);
    presenceTracker.recordGoodbye("bart", Event.unixNanos(now));
    says("bart", "OFFLINE", "ONLINE");

    lookAfter(1);
    assertThat(lookAfter(10)).containsExactly(new ReportStatusChange("bart", "OFFLINE"));
  }

  @Test
  void hey_there_after_chau_is_a_restart() {
    neighbour("bart", "", true);
    says("bart", "ONLINE", "ONLINE");
    lookAfter(0);
    presenceTracker.recordGoodbye("bart", Event.unixNanos(now.plusSeconds(1)));
    presenceTracker.recordAnnouncement(
        "bart", Event.unixNanos(now.plusSeconds(3)), now.plusSeconds(3));

    assertThat(lookAfter(10))
        .containsExactly(new ReportRestart("bart", BEGAN.plusSeconds(3).getEpochSecond()));
    assertThat(lookAfter(10)).isEmpty();
  }

  @Test
  void hey_there_after_missing_is_a_restart() {
    neighbour("bart", "", false);
    says("bart", "MISSING", "MISSING");
    lookAfter(0);
    now = now.plusSeconds(60);
    says("bart", "ONLINE", "MISSING");
    presenceTracker.recordAnnouncement("bart", Event.unixNanos(now), now);

    lookAfter(1);
    assertThat(lookAfter(5))
        .containsExactly(
            new ReportRestart("bart", BEGAN.plusSeconds(60).getEpochSecond()),
            new ReportStatusChange("bart", "ONLINE"));
  }

  @Test
  void sighting_after_missing_is_no_restart() {
    neighbour("bart", "", false);
    says("bart", "MISSING", "MISSING");
    lookAfter(0);
    now = now.plusSeconds(60);
    says("bart", "ONLINE", "MISSING");

    lookAfter(1);
    assertThat(lookAfter(5)).containsExactly(new ReportStatusChange("bart", "ONLINE"));
  }

  @Test
  void a_second_announcement_of_one_who_is_there_is_no_restart() {
    neighbour("bart", "", true);
    says("bart", "ONLINE", "ONLINE");
    lookAfter(0);
    presenceTracker.recordAnnouncement(
        "bart", Event.unixNanos(now.plusSeconds(1)), now.plusSeconds(1));

    assertThat(lookAfter(10)).isEmpty();
  }

  @Test
  void changes_before_this_nodes_start_are_ignored() {
    neighbour("bart", "", true);
    says("bart", "ONLINE", "ONLINE");
    lookAfter(0);
    presenceTracker.recordGoodbye("bart", Event.unixNanos(BEGAN.minusSeconds(20)));
    presenceTracker.recordAnnouncement("bart", Event.unixNanos(BEGAN.minusSeconds(10)), now);

    assertThat(lookAfter(10)).isEmpty();
  }

  @Test
  void one_of_whom_the_ledger_knows_nothing_is_pinged_once_a_minute_until_it_is_given_up() {
    neighbour("bart", "h:1", true);
    assertThat(lookAfter(0)).containsExactly(new PingSilent("bart", "h:1"));
    presenceTracker.recordPingDone("bart");
    assertThat(lookAfter(10)).containsExactly(new MarkMissing("bart"));
    neighbour("bart", "h:1", false);
    assertThat(lookAfter(300)).isEmpty();
  }

  @Test
  void no_ping_is_sent_without_mesh() {
    presenceTracker = new PresenceTracker(BEGAN, MISSING_AFTER, false, new SplittableRandom(1));
    neighbour("bart", "h:1", true);
    says("bart", "ONLINE", "");
    lookAfter(0);
    silent("bart", "");

    assertThat(lookAfter(301)).containsExactly(new MarkMissing("bart"));
  }

  @Test
  void expired_neighbour_is_not_tracked() {
    neighbour("bart", "", true);
    says("bart", "ONLINE", "");
    lookAfter(0);
    neighbours.clear();
    lookAfter(1);

    assertThat(presenceTracker.isOnline("bart")).isFalse();
  }

  @Test
  void neighbour_is_offline_immediately_after_chau() {
    neighbour("bart", "h:1", true);
    says("bart", "ONLINE", "ONLINE");
    lookAfter(0);
    now = now.plusSeconds(1);
    assertThat(presenceTracker.isOnline("bart")).isTrue();

    presenceTracker.recordGoodbye("bart", Event.unixNanos(now));
    assertThat(presenceTracker.isOnline("bart")).isFalse();

    presenceTracker.recordAnnouncement("bart", Event.unixNanos(now) + 1, now);
    assertThat(presenceTracker.isOnline("bart")).isTrue();
  }
}
