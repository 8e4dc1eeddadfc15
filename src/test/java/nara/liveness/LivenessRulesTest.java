package nara.liveness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import nara.discovery.Neighbour;
import nara.discovery.Neighbour.Source;
import nara.event.Event;
import nara.event.Observation;
import nara.ledger.LedgerRequest.Opinion;
import nara.ledger.LedgerRequest.Sighting;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;

/** The rules of pings, expiry and observations. */
class LivenessRulesTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  private static Neighbour neighbour(String name, Source source, boolean online) {
    return new Neighbour(name, "", "h:1", Optional.empty(), Set.of(source), online);
  }

  @Test
  void pings_rotate_and_start_with_newcomers() {
    PingSchedule schedule = new PingSchedule(new SplittableRandom(1));
    List<Neighbour> reachable = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      reachable.add(neighbour(name, Source.PLAZA, true));
    }
    List<String> pinged = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      if (i == 4) {
        reachable.add(neighbour("new", Source.PLAZA, true));
      }
      schedule
          .next(reachable, NOW.plusSeconds(30L * i))
          .map(Neighbour::name)
          .ifPresent(pinged::add);
    }
    assertThat(pinged.subList(0, 3)).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(pinged.get(3)).isEqualTo(pinged.get(0));
    assertThat(pinged.get(4)).isEqualTo("new");
    assertThat(pinged.get(5)).isEqualTo(pinged.get(1));
    assertThat(schedule.next(List.of(), NOW)).isEmpty();
  }

  @Test
  void average_starts_at_the_seed_and_moves_with_each_ping() {
    PingTimes times = new PingTimes();
    times.seed(Map.of("bart", 10.0));
    times.seed(Map.of("bart", 99.0, "lisa", 20.0));
    times.add("bart", 20);
    times.add("abe", 5);

    assertThat(times.averages().get("bart")).isCloseTo(13, within(1e-9));
    assertThat(times.averages()).containsEntry("lisa", 20.0).containsEntry("abe", 5.0);
    times.remove(Set.of("bart", "abe"));
    assertThat(times.averages()).containsOnlyKeys("lisa");
    for (int i = 0; i < PingTimes.MAX_TARGETS + 10; i++) {
      times.add("n" + i, 1);
    }
    assertThat(times.averages()).hasSize(PingTimes.MAX_TARGETS);
  }

  private static Sighting gone(Duration ago) {
    return new Sighting("MISSING", "ONLINE", Event.unixNanos(NOW.minus(ago)), "");
  }

  private static Neighbourhood neighbourhood(Neighbour neighbour, Map<String, Sighting> sightings) {
    return new Neighbourhood(Map.of(neighbour.name(), neighbour), sightings);
  }

  private static Set<String> expired(Source source, Sighting sighting, long knownForDays) {
    long start = NOW.minus(Duration.ofDays(knownForDays)).getEpochSecond();
    return new NeighbourExpiry()
        .expired(
            neighbourhood(neighbour("bart", source, false), Map.of("bart", sighting)),
            Map.of("bart", summary(0, 0, new Opinion(start, 0, 0))),
            NOW);
  }

  private static SubjectSummary summary(long restarts, long firstSeen, Opinion opinion) {
    return new SubjectSummary("bart", restarts, 0, firstSeen, "", "ONLINE", opinion);
  }

  @Test
  void expiry_grows_with_the_time_known() {
    assertThat(expired(Source.PLAZA, gone(DAY.plusHours(1)), 1)).containsExactly("bart");
    assertThat(expired(Source.PLAZA, gone(DAY.minusHours(1)), 1)).isEmpty();
    assertThat(expired(Source.PLAZA, gone(DAY.multipliedBy(6)), 20)).isEmpty();
    assertThat(expired(Source.PLAZA, gone(DAY.multipliedBy(8)), 20)).containsExactly("bart");
    assertThat(expired(Source.PLAZA, gone(DAY.multipliedBy(300)), 400)).isEmpty();
  }

  @Test
  void online_and_configured_neighbours_do_not_expire() {
    Sighting present = new Sighting("ONLINE", "ONLINE", Event.unixNanos(NOW.minus(DAY)), "");
    assertThat(expired(Source.PLAZA, present, 0)).isEmpty();
    assertThat(expired(Source.CONFIGURED, gone(DAY.multipliedBy(9)), 0)).isEmpty();
    Neighbour online = neighbour("bart", Source.PLAZA, true);
    Map<String, Sighting> longAgo = Map.of("bart", gone(DAY.multipliedBy(9)));
    assertThat(new NeighbourExpiry().expired(neighbourhood(online, longAgo), Map.of(), NOW))
        .isEmpty();
  }

  @Test
  void unconfirmed_hearsay_expires_after_one_hour() {
    NeighbourExpiry expiry = new NeighbourExpiry();
    Neighbourhood ghost = neighbourhood(neighbour("ghost", Source.HEARSAY, false), Map.of());

    assertThat(expiry.expired(ghost, Map.of(), NOW)).isEmpty();
    assertThat(expiry.expired(ghost, Map.of(), NOW.plusSeconds(3_500))).isEmpty();
    assertThat(expiry.expired(ghost, Map.of(), NOW.plusSeconds(3_700))).containsExactly("ghost");
  }

  @Test
  void restart_has_the_next_number_and_the_first_start_time() {
    ObservationWriter writer = new ObservationWriter(Citizen.named("lisa").identity());
    SubjectSummary known = summary(3, 1_000, new Opinion(1_500, 7, 0));

    Observation restart = writer.restart(known, "id", 2_000);
    assertThat(restart.validationError()).isEmpty();
    assertThat(restart.content()).isEqualTo("bart:restart:8:1500");
    assertThat(restart.lastRestart()).isEqualTo(2_000);
    assertThat(restart.importance()).isEqualTo(3);
    assertThat(restart.observer()).isEqualTo("lisa");

    SubjectSummary unknown = summary(0, 0, new Opinion(0, 0, 0));
    assertThat(writer.restart(unknown, "", 2_000).content()).isEqualTo("bart:restart:1:2000");
  }

  @Test
  void status_change_first_sighting_and_backfill_are_valid() {
    ObservationWriter writer = new ObservationWriter(Citizen.named("lisa").identity());
    SubjectSummary known = summary(3, 1_000, new Opinion(0, 2, 1_900));

    assertThat(writer.statusChange("bart", "", "MISSING").validationError()).isEmpty();
    assertThat(writer.firstSeen("bart", "", 5).validationError()).isEmpty();
    Observation backfill = writer.backfill(known, "");
    assertThat(backfill.validationError()).isEmpty();
    assertThat(backfill.isBackfill()).isTrue();
    assertThat(backfill.content()).isEqualTo("bart:restart:3:1000");
    assertThat(backfill.lastRestart()).isEqualTo(1_900);
  }
}
