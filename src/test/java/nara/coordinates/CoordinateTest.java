package nara.coordinates;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import nara.event.json.JsonWriter;
import nara.testing.Vectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Coordinates and neighbourhoods: the reference's numbers, and hostile ones. */
class CoordinateTest {
  private static final RandomGenerator RANDOM = new SplittableRandom(4);

  private static Coordinate of(JsonNode json) {
    return new Coordinate(
        json.get("x").asDouble(),
        json.get("y").asDouble(),
        json.get("height").asDouble(),
        json.get("error").asDouble());
  }

  @Test
  void coordinate_moves_as_in_the_reference() {
    for (JsonNode move : Vectors.json("citizen.json").get("moves")) {
      Coordinate before = of(move.get("before"));
      Coordinate peer = of(move.get("peer"));
      Coordinate wanted = of(move.get("after"));

      assertThat(before.distanceTo(peer))
          .isCloseTo(move.get("distance_before").asDouble(), within(1e-9));
      Coordinate moved = before.after(peer, move.get("rtt").asDouble(), RANDOM);

      assertThat(moved.x()).isCloseTo(wanted.x(), within(1e-9));
      assertThat(moved.y()).isCloseTo(wanted.y(), within(1e-9));
      assertThat(moved.height()).isCloseTo(wanted.height(), within(1e-9));
      assertThat(moved.error()).isCloseTo(wanted.error(), within(1e-9));
    }
  }

  @Test
  void start_is_near_the_origin_and_uncertain() {
    Coordinate start = Coordinate.start(new SplittableRandom(1));

    assertThat(Math.hypot(start.x(), start.y())).isLessThan(0.001);
    assertThat(start.height()).isEqualTo(1e-5);
    assertThat(start.error()).isEqualTo(1);
    assertThat(Coordinate.start(new SplittableRandom(1))).isEqualTo(start);
  }

  @Test
  void coordinates_of_a_square_come_to_have_its_distances() {
    // Four naras, 40 ms apart along the sides of a square.
    double[][] corners = {{0, 0}, {40, 0}, {40, 40}, {0, 40}};
    List<Coordinate> places = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < 4; i++) {
      places.add(Coordinate.start(random));
    }
    for (int round = 0; round < 3_000; round++) {
      int from = random.nextInt(4);
      int to = (from + 1 + random.nextInt(3)) % 4;
      places.set(from, places.get(from).after(places.get(to), rtt(corners, from, to), random));
    }
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < i; j++) {
        assertThat(places.get(i).distanceTo(places.get(j)))
            .isCloseTo(rtt(corners, i, j), within(8.0));
      }
    }
  }

  private static double rtt(double[][] corners, int one, int other) {
    return Math.hypot(corners[one][0] - corners[other][0], corners[one][1] - corners[other][1]);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 1e300, -1e300, 60_001})
  void impossible_coordinate_is_refused_and_moves_nothing(double bad) {
    Coordinate own = new Coordinate(1, 2, 3, 1);
    List<Coordinate> hostile =
        List.of(
            new Coordinate(bad, 0, 0, 1),
            new Coordinate(0, bad, 0, 1),
            new Coordinate(0, 0, bad, 1),
            new Coordinate(0, 0, 0, bad),
            new Coordinate(0, 0, -1, 1),
            new Coordinate(0, 0, 1, -1));
    for (Coordinate peer : hostile) {
      assertThat(peer.isPossible()).isFalse();
      assertThat(own.after(peer, 10, RANDOM)).isEqualTo(own);
    }
    assertThat(own.after(own, bad, RANDOM)).isEqualTo(own);
    assertThat(own.after(own, 0, RANDOM)).isEqualTo(own);
  }

  @Test
  void liar_moves_this_node_by_a_bounded_distance() {
    Coordinate own = new Coordinate(0, 0, 1e-5, 1);
    Coordinate liar = new Coordinate(60_000, 0, 60_000, 0);

    Coordinate moved = own.after(liar, 1, RANDOM);

    assertThat(Math.abs(moved.x())).isLessThanOrEqualTo(Coordinate.MAX_SURPRISE / 4);
    assertThat(moved.isPossible()).isTrue();
  }

  @Test
  void json_is_the_reference_s_and_reads_back() {
    Coordinate place = new Coordinate(-0.00039197985092138656, 6.871838026932181e-06, 1e-5, 1);
    JsonWriter out = JsonWriter.begin();
    place.write(out);

    String json = out.end().toString();

    assertThat(json)
        .isEqualTo(
            "{\"x\":-0.00039197985092138656,\"y\":0.000006871838026932181,"
                + "\"height\":0.00001,\"error\":1}");
    assertThat(Coordinate.read(json.getBytes(UTF_8))).contains(place);
    assertThat(Coordinate.read("{\"x\":1e9}".getBytes(UTF_8))).isEmpty();
  }

  @Test
  void neighbourhoods_are_the_reference_s() {
    for (JsonNode cell : Vectors.json("citizen.json").get("cells")) {
      Barrio barrio = Barrio.ofCell(cell.get("x").asLong(), cell.get("y").asLong());
      assertThat(Barrio.index(barrio)).isEqualTo(cell.get("index").asInt());
    }
    for (JsonNode vibe : Vectors.json("citizen.json").get("vibes")) {
      LocalDate date = LocalDate.of(vibe.get("year").asInt(), vibe.get("month").asInt(), 12);
      Barrio barrio =
          Barrio.of(vibe.get("name").asText(), date.atStartOfDay().toInstant(ZoneOffset.UTC));
      assertThat(Barrio.index(barrio)).isEqualTo(vibe.get("index").asInt());
    }
    assertThat(Barrio.of(new Coordinate(-1, 99, 0, 1), 50)).isEqualTo(Barrio.ofCell(-1, 1));
  }

  @Test
  void grid_size_is_the_median_round_trip_within_bounds() {
    assertThat(Barrio.gridSize(List.of())).isEqualTo(50);
    assertThat(Barrio.gridSize(List.of(0.0, -3.0))).isEqualTo(50);
    assertThat(Barrio.gridSize(List.of(30.0, 20.0))).isEqualTo(25);
    assertThat(Barrio.gridSize(List.of(90.0, 20.0, 40.0))).isEqualTo(40);
    assertThat(Barrio.gridSize(List.of(1.0))).isEqualTo(10);
    assertThat(Barrio.gridSize(List.of(900.0))).isEqualTo(200);
  }
}
