package nara.gossip;

import nara.bus.BusMessage;
import nara.bus.Request;
import nara.mesh.client.MeshRequest;

/**
 * What the gossip verticle is asked.
 *
 * @param <R> the type of the answer
 */
public sealed interface GossipRequest<R extends BusMessage> extends Request<R> {
  /** Where the gossip verticle is asked. */
  String ADDRESS = "nara.gossip";

  /**
   * Sends one signed event to a neighbour and to nobody else, by its name. What should reach
   * everybody goes into the ledger, and on with the zines.
   *
   * @param event its JSON
   */
  record SendToNeighbour(String name, byte[] event)
      implements GossipRequest<MeshRequest.DeliveryOutcome> {}

  /** What was done so far. */
  record GetGossipCounts() implements GossipRequest<GossipCounts> {}

  /**
   * The answer to {@link GetGossipCounts}.
   *
   * @param rounds of zines
   * @param exchanges zines that were taken, and answered
   * @param failedExchanges zines that were not
   * @param peersAsked neighbours asked for what was missed
   * @param eventsAdded events that were new, by either
   * @param inFlight rounds and catchings-up that have begun and are not over
   */
  record GossipCounts(
      long rounds,
      long exchanges,
      long failedExchanges,
      long peersAsked,
      long eventsAdded,
      int inFlight)
      implements BusMessage {}
}
