package nara.discovery;

import nara.bus.BusMessage;

/** Announcements of the discovery verticle at {@link #ADDRESS}. */
public sealed interface DiscoveryNotification extends BusMessage {
  String ADDRESS = "nara.discovery.notifications";

  /** A neighbour is online that was not, or is now known by another mesh address. */
  record NeighbourAppeared(Neighbour neighbour) implements DiscoveryNotification {}
}
