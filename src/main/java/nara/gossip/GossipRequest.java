package nara.gossip;

import nara.bus.BusMessage;
import nara.bus.Request;
import nara.mesh.MeshRequest;

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
  record Tell(String name, byte[] event) implements GossipRequest<MeshRequest.Delivery> {}

  /** What was done so far. */
  record Counts() implements GossipRequest<GossipCounts> {}

  /**
   * The answer to {@link Counts}.
   *
   * @param rounds of zines
   * @param exchanged zines that were taken, and answered
   * @param failed zines that were not
   * @param caughtUp neighbours asked for what was missed
   * @param added events that were new, by either
   * @param underWay rounds and catchings-up that have begun and are not over
   */
  record GossipCounts(
      long rounds, long exchanged, long failed, long caughtUp, long added, int underWay)
      implements BusMessage {}
}
