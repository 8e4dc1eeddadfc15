package nara.journey;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nara.discovery.Neighbour;

/** Chooses where a journey goes next. Pure. */
final class Route {
  private Route() {}

  /** The naras that the journey has not visited yet, online and with an address. */
  static List<Neighbour> unvisited(Journey journey, String me, Collection<Neighbour> neighbours) {
    return neighbours.stream()
        .filter(neighbour -> neighbour.online() && !neighbour.address().isEmpty())
        .filter(neighbour -> !neighbour.name().equals(me))
        .filter(neighbour -> !neighbour.name().equals(journey.originator()))
        .filter(neighbour -> !journey.hasVisited(neighbour.name()))
        .toList();
  }

  /**
   * All naras that may get the journey next, in the order in which they are tried: those that it
   * has not visited, the one with the highest clout first, and then the originator.
   *
   * @param clout by name; a nara without an entry has none
   */
  static List<Neighbour> order(
      Journey journey, String me, Collection<Neighbour> neighbours, Map<String, Double> clout) {
    Comparator<Neighbour> byClout =
        Comparator.comparing(neighbour -> -clout.getOrDefault(neighbour.name(), 0.0));
    Stream<Neighbour> originator =
        neighbours.stream()
            .filter(neighbour -> neighbour.name().equals(journey.originator()))
            .filter(neighbour -> !neighbour.name().equals(me) && !neighbour.address().isEmpty());
    return Stream.concat(
            unvisited(journey, me, neighbours).stream()
                .sorted(byClout.thenComparing(Neighbour::name)),
            originator)
        .toList();
  }
}
