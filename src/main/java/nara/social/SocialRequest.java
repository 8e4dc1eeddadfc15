package nara.social;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.coordinates.Coordinate;
import nara.profile.Status;

/**
 * Requests to the social verticle.
 *
 * @param <R> the type of the reply
 */
public sealed interface SocialRequest<R extends BusMessage> extends Request<R> {
  String ADDRESS = "nara.social";

  /** Asks for this node's own status, as the next newspaper would have it. */
  record GetOwnStatus() implements SocialRequest<CurrentStatus> {}

  record CurrentStatus(Status status) implements BusMessage {}

  /** Asks for the last status of each other nara that has published one. */
  record ListStatuses() implements SocialRequest<StatusList> {}

  /**
   * The statuses by name, sorted.
   *
   * @param byName a status of a howdy, which its signature does not cover, only fills a gap
   */
  record StatusList(Map<String, Status> byName) implements BusMessage {}

  /** Asks how much the clout of these naras counts here, by their distance. */
  record WeighClout(Set<String> names) implements SocialRequest<CloutWeights> {}

  /** The weights, 0.7 to 1, by name; a nara whose coordinate is unknown is absent: 1. */
  record CloutWeights(Map<String, Double> byName) implements BusMessage {}

  /** Asks for the neighbourhood of this node. */
  record GetProximity() implements SocialRequest<Proximity> {}

  /**
   * The neighbourhood of this node.
   *
   * @param barrioEmoji of the neighbourhood
   * @param barrioMembers names of neighbours in it, sorted
   * @param gridSize milliseconds along a side of a neighbourhood
   */
  record Proximity(String barrioEmoji, List<String> barrioMembers, double gridSize)
      implements BusMessage {}

  /** Asks where the naras are in the network. */
  record GetNetworkMap() implements SocialRequest<NetworkMap> {}

  /** This node first, then its neighbours by name. */
  record NetworkMap(List<MapNode> nodes) implements BusMessage {}

  /**
   * A nara on the map.
   *
   * @param rttToUs the last measured round trip in milliseconds
   * @param averageRtt the moving average in milliseconds; before the first measurement the mean
   *     that the ledger holds
   */
  record MapNode(
      String name,
      Optional<Coordinate> coordinate,
      boolean online,
      boolean isSelf,
      OptionalDouble rttToUs,
      OptionalDouble averageRtt) {}
}
