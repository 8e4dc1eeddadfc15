package nara.gossip;

import java.util.Map;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.mesh.client.MeshRequest;

/**
 * Requests to the gossip verticle.
 *
 * @param <R> the type of the reply
 */
public sealed interface GossipRequest<R extends BusMessage> extends Request<R> {
  String ADDRESS = "nara.gossip";

  /**
   * Sends one signed event to one neighbour only. Events for everybody belong in the ledger: the
   * zines carry them.
   *
   * @param name of the neighbour
   * @param event its JSON
   */
  record SendToNeighbour(String name, byte[] event)
      implements GossipRequest<MeshRequest.DeliveryOutcome> {}

  /** Asks when this node last had contact with each neighbour. */
  record GetContactTimes() implements GossipRequest<ContactTimes> {}

  /**
   * The last contacts by name, Unix seconds. Only neighbours with a contact are there.
   *
   * @param answered when the neighbour last answered a zine, a background sync or a recovery
   * @param syncedUntil until when this node held all events of the neighbour
   */
  record ContactTimes(Map<String, Long> answered, Map<String, Long> syncedUntil)
      implements BusMessage {
    /** When the neighbour last answered; 0 when it never did. */
    public long lastContact(String name) {
      return answered.getOrDefault(name, 0L);
    }

    /** Until when this node held all events of some neighbour; 0 without any. */
    public long inSyncUntil() {
      return syncedUntil.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }
  }

  /** Asks for the counters. */
  record GetGossipCounts() implements GossipRequest<GossipCounts> {}

  /**
   * The counters since the start.
   *
   * @param rounds of zines
   * @param exchanges zines that a peer accepted and answered
   * @param failedExchanges zines without a valid answer
   * @param peersAsked peers asked by the background sync
   * @param eventsAdded new events from zines and from the background sync
   * @param inFlight rounds and background syncs that have not ended
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
