package nara.coordinates;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.List;
import nara.identity.Hashing;

/**
 * A neighbourhood of the network: naras in one cell of a square grid. There are 16 of them, and
 * distant cells may share one, as in the reference.
 *
 * @param name of the neighbourhood
 * @param emoji the licence plate of its naras
 */
public record Barrio(String name, String emoji) {
  /** This project's names; the number of them is the reference's. */
  private static final List<Barrio> ALL =
      List.of(
          new Barrio("harbour", "⚓"),
          new Barrio("forest", "🌲"),
          new Barrio("desert", "🌵"),
          new Barrio("meadow", "🌻"),
          new Barrio("mountain", "⛰️"),
          new Barrio("volcano", "🌋"),
          new Barrio("island", "🏝️"),
          new Barrio("station", "🚉"),
          new Barrio("bakery", "🥐"),
          new Barrio("library", "📚"),
          new Barrio("circus", "🎪"),
          new Barrio("observatory", "🔭"),
          new Barrio("lighthouse", "🗼"),
          new Barrio("orchard", "🍎"),
          new Barrio("workshop", "🔧"),
          new Barrio("aquarium", "🐙"));

  // The reference's bounds of a cell, in milliseconds.
  private static final double DEFAULT_GRID = 50;
  private static final double MIN_GRID = 10;
  private static final double MAX_GRID = 200;

  /** The cell size, in milliseconds: the median of the known round trips within bounds. */
  public static double gridSize(Collection<Double> roundTrips) {
    double[] sorted =
        roundTrips.stream()
            .mapToDouble(Double::doubleValue)
            .filter(rtt -> rtt > 0)
            .sorted()
            .toArray();
    if (sorted.length == 0) {
      return DEFAULT_GRID;
    }
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 0 ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle];
    return Math.clamp(median, MIN_GRID, MAX_GRID);
  }

  /** The neighbourhood of a place. */
  public static Barrio of(Coordinate place, double gridSize) {
    return ofCell((long) Math.floor(place.x() / gridSize), (long) Math.floor(place.y() / gridSize));
  }

  /** The neighbourhood of a nara without a coordinate: drawn from its name, anew each month. */
  public static Barrio of(String name, Instant now) {
    return at(vibe(name, now));
  }

  static Barrio ofCell(long x, long y) {
    return at(firstEight(ByteBuffer.allocate(16).putLong(x).putLong(y).array()));
  }

  /** A number drawn from a name, anew each month: equal ones suit each other. */
  public static long vibe(String name, Instant now) {
    ZonedDateTime date = now.atZone(ZoneOffset.UTC);
    String text = name + Character.toString(date.getYear()) + (char) date.getMonthValue();
    return firstEight(text.getBytes(StandardCharsets.UTF_8));
  }

  static int index(Barrio barrio) {
    return ALL.indexOf(barrio);
  }

  private static Barrio at(long hash) {
    return ALL.get((int) Long.remainderUnsigned(hash, ALL.size()));
  }

  private static long firstEight(byte[] bytes) {
    return ByteBuffer.wrap(Hashing.sha256(bytes)).getLong();
  }
}
