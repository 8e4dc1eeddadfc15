package nara.presence;

import nara.bus.BusMessage;
import nara.event.Service;

/** News about this node's own events, published at {@link #ADDRESS}. */
public sealed interface OwnEvent extends BusMessage {
  /** The bus address of the news. */
  String ADDRESS = "nara.own";

  /**
   * An event of this node is new in its ledger. The MQTT verticle publishes it if its service has a
   * topic. Gossip finds it in the ledger.
   *
   * @param json the signed event; nobody changes it
   */
  record Added(Service service, byte[] json) implements OwnEvent {}
}
