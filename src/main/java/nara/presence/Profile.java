package nara.presence;

/**
 * The facts that a node publishes about itself in its status, beside its identity.
 *
 * @param transportMode mqtt, gossip or hybrid
 * @param memoryMode short, medium or hog
 * @param memoryMaxEvents how many events its ledger keeps
 * @param howdyNeighbours how many neighbours its howdies name
 */
public record Profile(
    String transportMode, String memoryMode, int memoryMaxEvents, int howdyNeighbours) {
  /** The wire contract's limit for a howdy of a node with short memory. */
  private static final int NEIGHBOURS_IN_SHORT_MEMORY = 5;

  /** The wire contract's limit for a howdy of any other node. */
  private static final int MAX_NEIGHBOURS = 10;

  /** A profile with as many neighbours as the wire contract allows for the memory mode. */
  public static Profile of(String transportMode, String memoryMode, int memoryMaxEvents) {
    int neighbours = memoryMode.equals("short") ? NEIGHBOURS_IN_SHORT_MEMORY : MAX_NEIGHBOURS;
    return new Profile(transportMode, memoryMode, memoryMaxEvents, neighbours);
  }
}
