package nara.discovery;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Request;

/**
 * What the discovery verticle is asked.
 *
 * @param <R> the type of the answer
 */
public sealed interface DiscoveryRequest<R extends BusMessage> extends Request<R> {
  /** Where the discovery verticle is asked. */
  String ADDRESS = "nara.discovery";

  /** Asks every source anew (configured peers, scan, Tailscale), then answers with all. */
  record RunDiscovery() implements DiscoveryRequest<NeighbourList> {}

  /** Who is known now, without asking anybody. */
  record ListNeighbours() implements DiscoveryRequest<NeighbourList> {}

  /**
   * Forgets these neighbours, but for those that the operator named; who is heard of again is known
   * again.
   */
  record ForgetNeighbours(Set<String> names) implements DiscoveryRequest<Done> {}

  /**
   * Everybody known but this node, by name.
   *
   * @param problems what a source could not do, in sentences: a peer that does not answer, a key
   *     that differs from the first one
   */
  record NeighbourList(List<Neighbour> neighbours, List<String> problems) implements BusMessage {
    /** The neighbours by name, in the order of the list. */
    public Map<String, Neighbour> byName() {
      Map<String, Neighbour> byName = new LinkedHashMap<>();
      neighbours.forEach(neighbour -> byName.put(neighbour.name(), neighbour));
      return byName;
    }
  }
}
