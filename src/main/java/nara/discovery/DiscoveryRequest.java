package nara.discovery;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Request;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;

/** Requests to the discovery verticle. */
public sealed interface DiscoveryRequest<R extends BusMessage> extends Request<R> {
  /** The address of the discovery verticle. */
  String ADDRESS = "nara.discovery";

  /** Queries all sources (configured peers, presence, scan, Tailscale); replies when done. */
  record RunDiscovery() implements DiscoveryRequest<NeighbourList> {}

  /**
   * Finds neighbours without waiting for the slowest source. Replies as soon as some are online and
   * no further one was found for a moment; else when all sources have replied, or after {@code
   * atMost}. The sources that have not replied continue.
   *
   * @param asksSources whether to query all sources. If a query is running, it pings those
   *     configured peers again that have not answered.
   * @param except names that do not count: the caller has them already
   * @param addressed whether only neighbours count that have a mesh address and that not only
   *     others mentioned
   * @param atLeast how long to wait for neighbours that announce themselves, when none is online
   */
  record FindNeighbours(
      boolean asksSources, Set<String> except, boolean addressed, Duration atLeast, Duration atMost)
      implements DiscoveryRequest<FoundNeighbours> {}

  /**
   * The reply to {@link FindNeighbours}.
   *
   * @param running whether some source has not replied yet
   */
  record FoundNeighbours(NeighbourList list, boolean running) implements BusMessage {}

  /**
   * Pings the configured peers at whose addresses no nara is known; replies when all pings end.
   *
   * @param again addresses that responded before: configured peers are pinged there once more
   */
  record PingSilentPeers(Set<String> again) implements DiscoveryRequest<SilentPeers> {}

  /**
   * The reply to {@link PingSilentPeers}.
   *
   * @param peers the configured peers that are still silent; this node itself is none of them
   * @param responding those of the addresses pinged again at which a nara responds
   */
  record SilentPeers(List<ConfiguredPeer> peers, Set<String> responding) implements BusMessage {}

  /** The neighbours known now. */
  record ListNeighbours() implements DiscoveryRequest<NeighbourList> {}

  /**
   * Announces that neighbours of before the restart may be added soon. A search for further
   * neighbours waits for them, but only for some seconds.
   */
  record ExpectFormerNeighbours() implements DiscoveryRequest<Done> {}

  /** Pings neighbours of before the restart; a neighbour that responds counts like any other. */
  record AddFormerNeighbours(List<FormerNeighbour> neighbours) implements DiscoveryRequest<Done> {}

  /**
   * A neighbour of before the restart.
   *
   * @param address its mesh address then
   */
  record FormerNeighbour(String name, String address) {}

  /** Forgets these neighbours, except configured ones, until a source finds them again. */
  record ForgetNeighbours(Set<String> names) implements DiscoveryRequest<Done> {}

  /**
   * All neighbours, sorted by name.
   *
   * @param problems sentences: a peer does not answer, a name has a second key …
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
