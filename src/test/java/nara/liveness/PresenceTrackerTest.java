package nara.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
  private static final Duration MISSING_AFTER = Duration.ofMinutes(5);

  private PresenceTracker tracker =
      new PresenceTracker(START, MISSING_AFTER, true, new SplittableRandom(1));
  private final Map<String, Neighbour> neighbours = new LinkedHashMap<>();
  private final Map<String, Sighting> ledger = new HashMap<>();
  private Instant now = START;

  private void neighbour(String name, String address, boolean online) {
    Set<Neighbour.Source> sources = Set.of(Neighbour.Source.PLAZA);
    neighbours.put(name, new Neighbour(name, "", address, Optional.empty(), sources, online));
  }

  private void reports(String name, String status, String lastChange) {
    ledger.put(name, new Sighting(status, status, Event.unixNanos(now), lastChange));
  }

  private void silent(String name, String lastChange) {
    ledger.put(name, new Sighting("MISSING", "ONLINE", Event.unixNanos(START), lastChange));
  }

  private List<LivenessAction> checkAfter(long seconds) {
    now = now.plusSeconds(seconds);
    return tracker.check(new Neighbourhood(neighbours, ledger), now);
  }

  @Test
  void silent_neighbour_is_pinged_again_when_the_clock_is_set_back() {
    neighbour("bart", "10.0.0.1:7433", true);
    reports("bart", "ONLINE", "");
    checkAfter(0);
    silent("bart", "ONLINE");
    assertThat(checkAfter(600)).contains(new PingSilent("bart", "10.0.0.1:7433"));
    tracker.recordPingDone("bart");

    checkAfter(-7_200);

    assertThat(checkAfter(60)).contains(new PingSilent("bart", "10.0.0.1:7433"));
  }

  @Test
  void earlier_changes_are_not_reported_after_first_check() {
    neighbour("bart", "", false);
    neighbour("lisa", "", true);
    neighbour("abe", "", false);
    reports("bart", "OFFLINE", "");
    reports("lisa", "ONLINE", "");
    silent("abe", "ONLINE");

    assertThat(checkAfter(0)).containsExactly(new ReportFirstSeen("lisa"));
    assertThat(checkAfter(60)).isEmpty();
    assertThat(tracker.isOnline("lisa")).isTrue();
    assertThat(tracker.isOnline("bart")).isFalse();
    assertThat(tracker.isOnline("nobody")).isFalse();
  }

  @Test
  void many_arrivals_are_reported_in_bounded_steps() {
    int count = 3 * PresenceTracker.MAX_FIRST_SEEN_PER_CHECK;
    for (int i = 0; i < count; i++) {
      neighbour("n" + i, "", true);
      reports("n" + i, "ONLINE", "");
    }
    assertThat(checkAfter(0))
        .hasSize(PresenceTracker.MAX_FIRST_SEEN_PER_CHECK)
        .allMatch(ReportFirstSeen.class::isInstance);
    assertThat(checkAfter(10))
        .hasSize(PresenceTracker.MAX_FIRST_SEEN_PER_CHECK)
        .allMatch(ReportFirstSeen.class::isInstance);
    for (int i = 0; i < count; i++) {
      silent("n" + i, "");
    }

    assertThat(checkAfter(600))
        .as("the others are missing again")
        .noneMatch(ReportFirstSeen.class::isInstance);
    reports("n" + (count - 1), "ONLINE", "");
    assertThat(checkAfter(10)).contains(new ReportFirstSeen("n" + (count - 1)));
  }

  @Test
  void many_departures_are_all_reported_over_several_checks() {
    int count = 2 * PresenceTracker.MAX_CHANGES_PER_CHECK;
    for (int i = 0; i < count; i++) {
      neighbour("n" + i, "", true);
      reports("n" + i, "ONLINE", "ONLINE");
    }
    checkAfter(0);
    for (int i = 0; i < count; i++) {
      neighbour("n" + i, "", false);
      reports("n" + i, "OFFLINE", "ONLINE");
    }
    checkAfter(10);
    List<LivenessAction> reported = new ArrayList<>();
    for (int check = 0; check < 2; check++) {
      List<LivenessAction> changes =
          checkAfter(11).stream().filter(ReportStatusChange.class::isInstance).toList();
      assertThat(changes).hasSize(PresenceTracker.MAX_CHANGES_PER_CHECK);
      reported.addAll(changes);
    }

    assertThat(reported).doesNotHaveDuplicates().hasSize(count);
  }

  @Test
  void leaving_neighbour_is_reported_offline_once() {
    neighbour("bart", "h:1", true);
    reports("bart", "ONLINE", "ONLINE");
    checkAfter(0);
    neighbour("bart", "h:1", false);
    reports("bart", "OFFLINE", "ONLINE");

    assertThat(checkAfter(10)).isEmpty();
    assertThat(checkAfter(10)).containsExactly(new ReportStatusChange("bart", "OFFLINE"));
    assertThat(checkAfter(10)).isEmpty();
  }

  @Test
  void change_reported_by_others_is_not_repeated() {
    neighbour("bart", "", true);
    reports("bart", "ONLINE", "ONLINE");
    checkAfter(0);
    reports("bart", "OFFLINE", "ONLINE");
    assertThat(checkAfter(1)).isEmpty();
    reports("bart", "OFFLINE", "OFFLINE");

    assertThat(checkAfter(10)).isEmpty();
    assertThat(checkAfter(10)).isEmpty();
  }

  @Test
  void silent_neighbour_is_missing_only_after_failed_ping() {
    neighbour("bart", "h:1", true);
    reports("bart", "ONLINE", "");
    checkAfter(0);
    silent("bart", "");

    assertThat(checkAfter(301)).containsExactly(new PingSilent("bart", "h:1"));
    assertThat(checkAfter(10)).as("while the ping runs").isEmpty();
    assertThat(tracker.isOnline("bart")).isTrue();
    tracker.recordPingDone("bart");
    assertThat(checkAfter(10)).containsExactly(new MarkMissing("bart"));
    neighbour("bart", "h:1", false);
    assertThat(checkAfter(10)).containsExactly(new ReportStatusChange("bart", "MISSING"));
    assertThat(checkAfter(600)).isEmpty();
  }

  @Test
  void neighbour_that_answers_ping_stays_online() {
    neighbour("bart", "h:1", true);
    reports("bart", "ONLINE", "");
    checkAfter(0);
    silent("bart", "");
    assertThat(checkAfter(301)).containsExactly(new PingSilent("bart", "h:1"));
    reports("bart", "ONLINE", "");
    tracker.recordPingDone("bart");

    assertThat(checkAfter(10)).isEmpty();
    assertThat(checkAfter(10)).isEmpty();
  }

  @Test
  void reported_missing_is_checked_by_ping() {
    neighbour("bart", "h:1", true);
    reports("bart", "ONLINE", "");
    checkAfter(0);
    reports("bart", "MISSING", "MISSING");

    assertThat(checkAfter(10)).containsExactly(new PingSilent("bart", "h:1"));
  }

  @Test
  void pings_per_check_are_bounded() {
    for (int i = 0; i < PresenceTracker.MAX_PINGS_PER_CHECK + 5; i++) {
      neighbour("n" + i, "h:" + i, true);
      reports("n" + i, "ONLINE", "");
    }
    checkAfter(0);
    ledger.keySet().forEach(name -> silent(name, ""));

    assertThat(checkAfter(301))
        .hasSize(PresenceTracker.MAX_PINGS_PER_CHECK)
        .allMatch(PingSilent.class::isInstance);
    assertThat(checkAfter(10)).hasSize(5).allMatch(PingSilent.class::isInstance);
  }

  @Test
  void hearing_of_more_than_two_minutes_ago_is_not_reported() {
    neighbour("bart", "", true);
    reports("bart", "ONLINE", "");
    checkAfter(0);
    silent("bart", "");
    tracker.recordHeard("bart", now.plusSeconds(180));

    assertThat(checkAfter(301)).isEmpty();
    assertThat(tracker.isOnline("bart")).isTrue();
  }

  @Test
  void seen_event_is_emitted_at_most_every_two_minutes() {
    neighbour("bart", "", true);
    reports("bart", "ONLINE", "");
    checkAfter(0);
    silent("bart", "");
    Instant heard = now.plusSeconds(300);
    tracker.recordHeard("bart", heard);

    assertThat(checkAfter(301)).containsExactly(new ReportSeen("bart", heard));
    Instant again = heard.plusSeconds(60);
    tracker.recordHeard("bart", again);
    assertThat(checkAfter(60)).isEmpty();
    assertThat(checkAfter(60)).containsExactly(new ReportSeen("bart", again));
    assertThat(tracker.isOnline("bart")).isTrue();
    // It is not heard again.
    assertThat(checkAfter(600)).containsExactly(new MarkMissing("bart"));
  }

  @Test
  void chau_discards_earlier_sightings() {
    neighbour("bart", "", true);
    reports("bart", "ONLINE", "ONLINE");
    checkAfter(0);
    now = now.plusSeconds(10);
    tracker.recordHeard("bart", now);
    tracker.recordGoodbye("bart", Event.unixNanos(now));
    reports("bart", "OFFLINE", "ONLINE");

    checkAfter(1);
    assertThat(checkAfter(10)).containsExactly(new ReportStatusChange("bart", "OFFLINE"));
  }

  @Test
  void hey_there_after_chau_is_a_restart() {
    neighbour("bart", "", true);
    reports("bart", "ONLINE", "ONLINE");
    checkAfter(0);
    tracker.recordGoodbye("bart", Event.unixNanos(now.plusSeconds(1)));
    tracker.recordAnnouncement("bart", Event.unixNanos(now.plusSeconds(3)), now.plusSeconds(3));

    assertThat(checkAfter(10))
        .containsExactly(new ReportRestart("bart", START.plusSeconds(3).getEpochSecond()));
    assertThat(checkAfter(10)).isEmpty();
  }

  @Test
  void hey_there_after_missing_is_a_restart() {
    neighbour("bart", "", false);
    reports("bart", "MISSING", "MISSING");
    checkAfter(0);
    now = now.plusSeconds(60);
    reports("bart", "ONLINE", "MISSING");
    tracker.recordAnnouncement("bart", Event.unixNanos(now), now);

    checkAfter(1);
    assertThat(checkAfter(5))
        .containsExactly(
            new ReportRestart("bart", START.plusSeconds(60).getEpochSecond()),
            new ReportStatusChange("bart", "ONLINE"));
  }

  @Test
  void sighting_after_missing_is_no_restart() {
    neighbour("bart", "", false);
    reports("bart", "MISSING", "MISSING");
    checkAfter(0);
    now = now.plusSeconds(60);
    reports("bart", "ONLINE", "MISSING");

    checkAfter(1);
    assertThat(checkAfter(5)).containsExactly(new ReportStatusChange("bart", "ONLINE"));
  }

  @Test
  void hey_there_of_online_neighbour_is_no_restart() {
    neighbour("bart", "", true);
    reports("bart", "ONLINE", "ONLINE");
    checkAfter(0);
    tracker.recordAnnouncement("bart", Event.unixNanos(now.plusSeconds(1)), now.plusSeconds(1));

    assertThat(checkAfter(10)).isEmpty();
  }

  @Test
  void changes_before_this_nodes_start_are_ignored() {
    neighbour("bart", "", true);
    reports("bart", "ONLINE", "ONLINE");
    checkAfter(0);
    tracker.recordGoodbye("bart", Event.unixNanos(START.minusSeconds(20)));
    tracker.recordAnnouncement("bart", Event.unixNanos(START.minusSeconds(10)), now);

    assertThat(checkAfter(10)).isEmpty();
  }

  @Test
  void neighbour_without_sighting_is_missing_after_failed_ping() {
    neighbour("bart", "h:1", true);
    assertThat(checkAfter(0)).containsExactly(new PingSilent("bart", "h:1"));
    tracker.recordPingDone("bart");
    assertThat(checkAfter(10)).containsExactly(new MarkMissing("bart"));
    neighbour("bart", "h:1", false);
    assertThat(checkAfter(300)).isEmpty();
  }

  @Test
  void no_ping_is_sent_without_mesh() {
    tracker = new PresenceTracker(START, MISSING_AFTER, false, new SplittableRandom(1));
    neighbour("bart", "h:1", true);
    reports("bart", "ONLINE", "");
    checkAfter(0);
    silent("bart", "");

    assertThat(checkAfter(301)).containsExactly(new MarkMissing("bart"));
  }

  @Test
  void expired_neighbour_is_not_tracked() {
    neighbour("bart", "", true);
    reports("bart", "ONLINE", "");
    checkAfter(0);
    neighbours.clear();
    checkAfter(1);

    assertThat(tracker.isOnline("bart")).isFalse();
  }

  @Test
  void neighbour_is_offline_immediately_after_chau() {
    neighbour("bart", "h:1", true);
    reports("bart", "ONLINE", "ONLINE");
    checkAfter(0);
    now = now.plusSeconds(1);
    assertThat(tracker.isOnline("bart")).isTrue();

    tracker.recordGoodbye("bart", Event.unixNanos(now));
    assertThat(tracker.isOnline("bart")).isFalse();

    tracker.recordAnnouncement("bart", Event.unixNanos(now) + 1, now);
    assertThat(tracker.isOnline("bart")).isTrue();
  }

  private void online(String... names) {
    for (String name : names) {
      neighbour(name, "", true);
      reports(name, "ONLINE", "ONLINE");
    }
  }

  private void allSilent() {
    ledger.replaceAll((name, last) -> new Sighting("MISSING", "ONLINE", 0, "ONLINE"));
  }

  @Test
  void nobody_is_missing_after_a_suspension_before_there_was_time_to_hear_it() {
    online("bart", "lisa");
    checkAfter(0);
    online("lisa");
    ledger.put("bart", new Sighting("MISSING", "ONLINE", 0, "ONLINE"));
    now = now.plusSeconds(320);
    tracker.recordOutageUntil(now);

    for (int seconds = 0; seconds < MISSING_AFTER.toSeconds() - 10; seconds += 10) {
      assertThat(checkAfter(10)).isEmpty();
    }

    List<LivenessAction> later = new ArrayList<>();
    for (int check = 0; check < 4; check++) {
      later.addAll(checkAfter(10));
    }
    assertThat(later).contains(new MarkMissing("bart"), new ReportStatusChange("bart", "MISSING"));
  }

  @Test
  void goodbye_is_reported_after_a_suspension_too() {
    online("bart", "lisa");
    checkAfter(0);
    now = now.plusSeconds(320);
    tracker.recordOutageUntil(now);
    reports("bart", "OFFLINE", "ONLINE");

    checkAfter(10);
    assertThat(checkAfter(10)).contains(new ReportStatusChange("bart", "OFFLINE"));
  }

  @Test
  void own_network_is_doubted_when_all_neighbours_are_silent_at_once() {
    online("bart", "lisa", "moe");
    checkAfter(0);
    allSilent();

    for (int check = 0; check < 100; check++) {
      assertThat(checkAfter(10)).noneMatch(ReportStatusChange.class::isInstance);
    }
    assertThat(tracker.doubtsNetwork()).isTrue();

    // The network is back, and the others have time to be heard.
    reports("bart", "ONLINE", "ONLINE");
    checkAfter(10);
    assertThat(tracker.doubtsNetwork()).isFalse();
    reports("lisa", "ONLINE", "ONLINE");
    for (int seconds = 10; seconds < MISSING_AFTER.toSeconds(); seconds += 10) {
      assertThat(checkAfter(10)).noneMatch(ReportStatusChange.class::isInstance);
    }
    checkAfter(10);
    checkAfter(10);
    assertThat(checkAfter(10)).as("moe is missing").isNotEmpty();
    assertThat(tracker.isOnline("moe")).isFalse();
  }

  @Test
  void last_neighbour_of_several_is_missing_when_the_others_were_before() {
    online("bart", "lisa");
    checkAfter(0);
    silent("lisa", "ONLINE");
    checkAfter(310);
    checkAfter(10);
    allSilent();
    List<LivenessAction> reported = new ArrayList<>(checkAfter(10));
    reported.addAll(checkAfter(10));

    assertThat(reported).contains(new ReportStatusChange("bart", "MISSING"));
  }
}
