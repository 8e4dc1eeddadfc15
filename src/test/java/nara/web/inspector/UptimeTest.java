package nara.web.inspector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Payload;
import nara.ledger.LedgerRequest.Opinion;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;

class UptimeTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Citizen BART = Citizen.named("bart");

  @Test
  void announcements_and_status_changes_begin_and_end_periods() {
    Uptime uptime =
        uptime(
            List.of(),
            hello(100),
            observation(110, Observation.RESTART, "", false),
            chau(200),
            observation(210, Observation.STATUS_CHANGE, "MISSING", false),
            observation(300, Observation.STATUS_CHANGE, "ONLINE", false));

    assertThat(uptime.baselineSource()).isEmpty();
    assertThat(uptime.periods())
        .containsExactly(
            new Uptime.Period("online", 300, 0, 700),
            new Uptime.Period("offline", 200, 300, 100),
            new Uptime.Period("online", 100, 200, 100));
  }

  @Test
  void checkpoint_replaces_what_came_before_it() {
    Uptime uptime = uptime(List.of(checkpoint(500, 50)), hello(100), chau(200), chau(600));

    assertThat(uptime.baselineSource()).isEqualTo("checkpoint");
    assertThat(uptime.periods())
        .containsExactly(
            new Uptime.Period("offline", 600, 0, 400),
            new Uptime.Period("online", 500, 600, 100),
            new Uptime.Period("historical", 10, 500, 50));
  }

  @Test
  void backfill_counts_from_its_start_time() {
    Uptime uptime = uptime(List.of(), observation(400, Observation.RESTART, "", true), chau(700));

    assertThat(uptime.baselineSource()).isEqualTo("backfill");
    assertThat(uptime.periods())
        .containsExactly(
            new Uptime.Period("offline", 700, 0, 300), new Uptime.Period("online", 20, 700, 680));
  }

  @Test
  void events_of_others_and_impossible_times_make_no_negative_period() {
    Event other =
        event(
            100,
            new Observation(
                "bart", "", "lisa", "", Observation.RESTART, 3, false, 5, 1, 5, "", "", 0));

    assertThat(uptime(List.of(), other).periods()).isEmpty();
    assertThat(uptime(List.of(checkpoint(Long.MAX_VALUE, 1))).periods())
        .allMatch(period -> period.duration() >= 0);
  }

  private static Uptime uptime(List<Event> checkpoints, Event... changes) {
    String latest = checkpoints.stream().map(event -> event.id().toString()).findFirst().orElse("");
    SubjectSummary summary =
        new SubjectSummary("bart", 0, 0, 0, latest, "ONLINE", new Opinion(0, 0, 0));
    return Uptime.of("bart", summary, checkpoints, Stream.of(changes).toList(), 1_000);
  }

  private static Event hello(long second) {
    return Citizen.read(BART.heyThere(second * SECOND, "")).event();
  }

  private static Event chau(long second) {
    return Citizen.read(BART.chau(second * SECOND)).event();
  }

  private static Event observation(long second, String type, String state, boolean backfill) {
    return event(
        second,
        new Observation("lisa", "", "bart", "", type, 3, backfill, 20, 1, 20, state, "", 0));
  }

  private static Event checkpoint(long asOf, long totalUptime) {
    return event(
        900,
        new Checkpoint(
            1,
            "bart",
            "",
            "",
            new Checkpoint.AgreedValues(1, totalUptime, 10),
            asOf,
            1,
            List.of(),
            List.of()));
  }

  private static Event event(long second, Payload payload) {
    return Citizen.read(Citizen.unsigned(second * SECOND, payload)).event();
  }
}
