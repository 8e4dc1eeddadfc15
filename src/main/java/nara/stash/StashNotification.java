package nara.stash;

import nara.bus.BusMessage;

/** News of the stash, published at {@link #ADDRESS}. */
public sealed interface StashNotification extends BusMessage {
  String ADDRESS = "nara.stash.notifications";

  /**
   * The first search for this node's stash has ended. Its neighbours of before are being pinged.
   *
   * @param found whether a neighbour or the snapshot had it
   * @param sentence for a report, for example "found with bart, written 3 h ago"
   * @param neighbours that it names
   */
  record StashRecovered(boolean found, String sentence, int neighbours)
      implements StashNotification {}
}
