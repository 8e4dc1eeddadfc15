package nara.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import nara.coordinates.Coordinate;
import nara.identity.Personality;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Every status that this node could write is read back as it was. */
class StatusProperties {
  private static final Arbitrary<String> TEXT = Arbitraries.strings().ofMaxLength(40);
  private static final Arbitrary<Long> COUNT = Arbitraries.longs().between(0, 1L << 40);
  private static final Arbitrary<Double> REAL = Arbitraries.doubles().between(0, 1e6);

  @Provide
  Arbitrary<Status.Look> looks() {
    return Combinators.combine(TEXT, TEXT, TEXT, TEXT, TEXT)
        .as(
            (plate, flair, trend, emoji, colour) ->
                new Status.Look(plate, flair, trend, emoji, new Aura(colour, colour)));
  }

  @Provide
  Arbitrary<HostStats> hosts() {
    return Combinators.combine(COUNT, REAL, COUNT, COUNT, COUNT, COUNT, COUNT, REAL)
        .as((up, load, a, b, c, d, e, cpu) -> new HostStats(up, load, a, b, c, d, e, a, cpu));
  }

  @Provide
  Arbitrary<EventStore> stores() {
    return Combinators.combine(COUNT, Arbitraries.maps(TEXT, COUNT).ofMaxSize(9), COUNT)
        .as((total, byService, critical) -> new EventStore(total, byService, critical));
  }

  @Provide
  Arbitrary<Optional<Coordinate>> places() {
    Arbitrary<Double> position = Arbitraries.doubles().between(-60_000, 60_000);
    return Combinators.combine(
            position,
            position,
            Arbitraries.doubles().between(0, 60_000),
            Arbitraries.doubles().between(0, 2))
        .as(Coordinate::new)
        .optional();
  }

  @Property(tries = 200)
  void status_is_read_back_as_written(
      @ForAll("looks") Status.Look look,
      @ForAll("hosts") HostStats host,
      @ForAll("stores") EventStore store,
      @ForAll("places") Optional<Coordinate> place) {
    Status status =
        new Status(
            look,
            host,
            host.goroutines() % 101,
            store.critical() % 183,
            new Personality(1, 2, 3),
            look.trend(),
            look.flair(),
            "key",
            "id",
            place.isPresent(),
            look.trendEmoji(),
            place,
            "hybrid",
            store,
            new Status.Memory("hog", host.memAllocMb(), host.memSysMb()),
            new Status.StashCounts(1, host.memHeapMb(), 3));

    assertThat(Status.read(status.json())).isEqualTo(status);
  }

  @Property(tries = 50)
  void impossible_coordinate_is_left_out(@ForAll double x) {
    String json = "{\"coordinates\":{\"x\":%s,\"y\":0,\"height\":-1,\"error\":1}}".formatted(x);

    assertThat(Status.read(json).coordinate()).isEmpty();
  }

  @Property(tries = 1)
  void status_without_fields_is_read() {
    Status status = Status.read("{}");

    assertThat(status.look()).isEqualTo(Status.Look.NONE);
    assertThat(status.host()).isEqualTo(HostStats.NONE);
    assertThat(status.eventStore()).isEqualTo(new EventStore(0, Map.of(), 0));
  }
}
