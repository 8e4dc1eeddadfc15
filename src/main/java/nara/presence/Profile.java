package nara.presence;

import nara.mqtt.wire.HowdyMessage;

/**
 * What a node tells about itself beside who it is: the parts of its configuration that others see
 * in its status, and that decide how much it tells of others.
 *
 * @param transportMode mqtt, gossip or hybrid
 * @param memoryMode short, medium or hog
 * @param memoryMaxEvents how many events it keeps
 * @param howdyNeighbours how many neighbours its howdies name, at most {@link
 *     HowdyMessage#MAX_NEIGHBOURS}
 */
public record Profile(
    String transportMode, String memoryMode, int memoryMaxEvents, int howdyNeighbours) {
  /** Neighbours that a howdy of a node with a short memory names, by the wire contract. */
  public static final int NEIGHBOURS_IN_SHORT_MEMORY = 5;

  /** A profile with as many neighbours as the wire contract allows to such a memory. */
  public static Profile of(String transportMode, String memoryMode, int memoryMaxEvents) {
    boolean shortMemory = memoryMode.equals("short");
    return new Profile(
        transportMode,
        memoryMode,
        memoryMaxEvents,
        shortMemory ? NEIGHBOURS_IN_SHORT_MEMORY : HowdyMessage.MAX_NEIGHBOURS);
  }
}
