package nara.presence;

import nara.bus.BusMessage;
import nara.event.Service;

/** What is told of this node's own events, to those who carry them out to others. */
public sealed interface OwnEvent extends BusMessage {
  /** Where it is told. */
  String ADDRESS = "nara.own";

  /**
   * An event that this node made is new in its ledger. Gossip finds it there; the plaza publishes
   * it when its service has a topic.
   *
   * @param json the signed event; nobody changes it
   */
  record Added(Service service, byte[] json) implements OwnEvent {}
}
