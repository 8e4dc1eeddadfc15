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

/** The rules of pings, forgetting and what observations say. */
class LivenessRulesTest {
  private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  private static Neighbour neighbour(String name, Source source, boolean online) {
    return new Neighbour(name, "", "h:1", Optional.empty(), Set.of(source), online);
  }

  @Test
  void pings_rotate_and_start_with_newcomers() {
    PingSchedule rota = new PingSchedule(new SplittableRandom(1));
    List<Neighbour> there = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      there.add(neighbour(name, Source.PLAZA, true));
    }
    List<String> pinged = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      if (i == 4) {
        there.add(neighbour("new", Source.PLAZA, true));
      }
      rota.next(there, NOW.plusSeconds(30L * i)).map(Neighbour::name).ifPresent(pinged::add);
    }
    assertThat(pinged.subList(0, 3)).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(pinged.get(3)).isEqualTo(pinged.get(0));
    assertThat(pinged.get(4)).isEqualTo("new");
    assertThat(pinged.get(5)).isEqualTo(pinged.get(1));
    assertThat(rota.next(List.of(), NOW)).isEmpty();
  }

  @Test
  void an_average_begins_with_what_others_measured_and_moves_with_each_measurement() {
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

  private static Set<String> forgotten(Source source, Sighting last, long knownForDays) {
    long start = NOW.minus(Duration.ofDays(knownForDays)).getEpochSecond();
    return new NeighbourExpiry()
        .expired(
            List.of(neighbour("bart", source, false)),
            Map.of("bart", last),
            Map.of("bart", start),
            NOW);
  }

  @Test
  void expiry_grows_with_the_time_known() {
    assertThat(forgotten(Source.PLAZA, gone(DAY.plusHours(1)), 1)).containsExactly("bart");
    assertThat(forgotten(Source.PLAZA, gone(DAY.minusHours(1)), 1)).isEmpty();
    assertThat(forgotten(Source.PLAZA, gone(DAY.multipliedBy(6)), 20)).isEmpty();
    assertThat(forgotten(Source.PLAZA, gone(DAY.multipliedBy(8)), 20)).containsExactly("bart");
    assertThat(forgotten(Source.PLAZA, gone(DAY.multipliedBy(300)), 400)).isEmpty();
  }

  @Test
  void online_and_configured_neighbours_do_not_expire() {
    Sighting there = new Sighting("ONLINE", "ONLINE", Event.unixNanos(NOW.minus(DAY)), "");
    assertThat(forgotten(Source.PLAZA, there, 0)).isEmpty();
    assertThat(forgotten(Source.CONFIGURED, gone(DAY.multipliedBy(9)), 0)).isEmpty();
    assertThat(
            new NeighbourExpiry()
                .expired(
                    List.of(neighbour("bart", Source.PLAZA, true)),
                    Map.of("bart", gone(DAY.multipliedBy(9))),
                    Map.of(),
                    NOW))
        .isEmpty();
  }

  @Test
  void unconfirmed_hearsay_expires_after_one_hour() {
    NeighbourExpiry neighbourExpiry = new NeighbourExpiry();
    List<Neighbour> rumour = List.of(neighbour("ghost", Source.HEARSAY, false));

    assertThat(neighbourExpiry.expired(rumour, Map.of(), Map.of(), NOW)).isEmpty();
    assertThat(neighbourExpiry.expired(rumour, Map.of(), Map.of(), NOW.plusSeconds(3_500)))
        .isEmpty();
    assertThat(neighbourExpiry.expired(rumour, Map.of(), Map.of(), NOW.plusSeconds(3_700)))
        .containsExactly("ghost");
  }

  @Test
  void a_restart_is_one_more_than_known_and_begins_when_the_first_did() {
    ObservationWriter observationWriter = new ObservationWriter(Citizen.named("lisa").identity());
    SubjectSummary known =
        new SubjectSummary("bart", 3, 0, 1_000, "", "ONLINE", new Opinion(1_500, 7, 0));

    Observation restart = observationWriter.restart(known, "id", 2_000);
    assertThat(restart.validationError()).isEmpty();
    assertThat(restart.content()).isEqualTo("bart:restart:8:1500");
    assertThat(restart.lastRestart()).isEqualTo(2_000);
    assertThat(restart.importance()).isEqualTo(3);
    assertThat(restart.observer()).isEqualTo("lisa");

    SubjectSummary unknown =
        new SubjectSummary("bart", 0, 0, 0, "", "ONLINE", new Opinion(0, 0, 0));
    assertThat(observationWriter.restart(unknown, "", 2_000).content())
        .isEqualTo("bart:restart:1:2000");
  }

  @Test
  void changes_first_sightings_and_backfills_are_valid_observations() {
    ObservationWriter observationWriter = new ObservationWriter(Citizen.named("lisa").identity());
    SubjectSummary known =
        new SubjectSummary("bart", 3, 0, 1_000, "", "ONLINE", new Opinion(0, 2, 1_900));

    assertThat(observationWriter.statusChange("bart", "", "MISSING").validationError()).isEmpty();
    assertThat(observationWriter.firstSeen("bart", "", 5).validationError()).isEmpty();
    Observation backfill = observationWriter.backfill(known, "");
    assertThat(backfill.validationError()).isEmpty();
    assertThat(backfill.isBackfill()).isTrue();
    assertThat(backfill.content()).isEqualTo("bart:restart:3:1000");
    assertThat(backfill.lastRestart()).isEqualTo(1_900);
  }
}
