package nara.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import nara.coordinates.Coordinate;
import nara.coordinates.OwnCoordinate;
import nara.identity.Identity;
import nara.testing.Citizen;
import nara.testing.ManualScheduler;
import org.junit.jupiter.api.Test;

/** The status of this node, with all the fields that other naras show. */
class OwnStatusTest {
  private static final Identity LISA = Citizen.named("lisa").identity();

  private final ManualScheduler time = ManualScheduler.fromNow();
  private final OwnCoordinate place = new OwnCoordinate(new SplittableRandom(1));
  private final OwnStatus own =
      new OwnStatus(
          LISA,
          "test",
          Profile.of("hybrid", new Status.Memory("hog", 512, 9), "https://lisa.example/"),
          () -> "10.0.0.1:7433",
          place,
          new Flair(LISA, Set.of("❄️"), true),
          time.steady(),
          HostStats::ofThisProcess);

  @Test
  void status_has_all_fields_that_others_show() {
    place.onRoundTrip(new Coordinate(30, 40, 1, 0.5), 20);
    own.onAppearance(
        new OwnStatus.Appearance("⚓", "bart-style", "🎈", Set.of(Flair.Award.OLDEST), false));

    Status status = own.status(new EventStore(5, Map.of("chau", 2L, "social", 3L), 2));

    assertThat(status.look().licensePlate()).isEqualTo("⚓");
    assertThat(status.look().trend()).isEqualTo("bart-style");
    assertThat(status.look().flair()).contains("🏠❄️🎈").contains("🐢").contains("🍼");
    assertThat(status.look().aura().primary()).matches("#[0-9A-F]{6}");
    assertThat(status.coordinate()).contains(place.get());
    assertThat(status.publicUrl()).isEqualTo("https://lisa.example/");
    assertThat(status.host().goroutines()).isPositive();
    assertThat(status.host().memHeapMb()).isPositive();
    assertThat(status.chattiness()).isEqualTo(100);
    assertThat(status.memory()).isEqualTo(new Status.Memory("hog", 512, 9));
    assertThat(status.json())
        .contains("\"event_store_by_service\":{\"chau\":2,\"social\":3}")
        .contains("\"memory_budget_mb\":512");
    assertThat(Status.read(status.json())).isEqualTo(status);
  }

  @Test
  void flair_depends_on_soul_and_name_and_on_the_moment() {
    Flair lisa = new Flair(LISA, Set.of(), false);
    Flair.Moment young = new Flair.Moment("", Set.of(), 100, 0.5, Duration.ofMinutes(1), true);
    Flair.Moment settled = new Flair.Moment("", Set.of(), 20, 0.5, Duration.ofDays(1), false);
    Flair bart = new Flair(Citizen.named("bart").identity(), Set.of(), false);

    assertThat(lisa.at(young)).isEqualTo(lisa.at(settled) + "📣🍼🛰️");
    assertThat(bart.at(settled)).isNotEqualTo(lisa.at(settled));
    Identity stolen = Identity.of("homer", LISA.soul());
    assertThat(new Flair(stolen, Set.of(), false).at(settled)).startsWith("🎭");
  }
}
