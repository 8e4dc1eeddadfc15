package nara.profile;

import nara.profile.Status.Memory;

/**
 * The facts that a node publishes about itself in its status, beside its identity.
 *
 * @param transportMode mqtt, gossip or hybrid
 * @param memory its mode, budget and limit
 * @param publicUrl of its web page, or empty
 * @param howdyNeighbours how many neighbours its howdies name
 */
public record Profile(String transportMode, Memory memory, String publicUrl, int howdyNeighbours) {
  /** The wire contract's limit for a howdy of a node with short memory. */
  private static final int NEIGHBOURS_IN_SHORT_MEMORY = 5;

  /** The wire contract's limit for a howdy of any other node. */
  private static final int MAX_NEIGHBOURS = 10;

  /** A profile with as many neighbours as the wire contract allows for the memory mode. */
  public static Profile of(String transportMode, Memory memory, String publicUrl) {
    int neighbours = memory.mode().equals("short") ? NEIGHBOURS_IN_SHORT_MEMORY : MAX_NEIGHBOURS;
    return new Profile(transportMode, memory, publicUrl, neighbours);
  }

  /** The same without a web page. */
  public static Profile of(String transportMode, String memoryMode, int memoryMaxEvents) {
    return of(transportMode, new Memory(memoryMode, 0, memoryMaxEvents), "");
  }
}
