package nara.ledger;

import java.util.Optional;

/** How much a node may remember, and how it recovers by that: the reference's three profiles. */
public enum MemoryMode {
  SHORT(20_000, 5_000, 1_000, 4, 3, 2),
  MEDIUM(80_000, 50_000, 5_000, Integer.MAX_VALUE, 10, 5),
  HOG(320_000, 80_000, 5_000, Integer.MAX_VALUE, 10, 5);

  private final int maxEvents;
  private final int sampleCapacity;
  private final int samplePage;
  private final int maxNeighbours;
  private final int maxInFlight;
  private final int maxPlazaNeighbours;

  MemoryMode(
      int maxEvents,
      int sampleCapacity,
      int samplePage,
      int maxNeighbours,
      int maxInFlight,
      int maxPlazaNeighbours) {
    this.maxEvents = maxEvents;
    this.sampleCapacity = sampleCapacity;
    this.samplePage = samplePage;
    this.maxNeighbours = maxNeighbours;
    this.maxInFlight = maxInFlight;
    this.maxPlazaNeighbours = maxPlazaNeighbours;
  }

  /** Events that the ledger keeps. */
  public int maxEvents() {
    return maxEvents;
  }

  /** Events that a sample recovery asks for in all. */
  public int sampleCapacity() {
    return sampleCapacity;
  }

  /** Events of one sample call. */
  public int samplePage() {
    return samplePage;
  }

  /** Mesh neighbours that are asked, at most. */
  public int maxNeighbours() {
    return maxNeighbours;
  }

  /** Calls under way, at most. */
  public int maxInFlight() {
    return maxInFlight;
  }

  /** Neighbours asked over the plaza, at most. */
  public int maxPlazaNeighbours() {
    return maxPlazaNeighbours;
  }

  /** The name in configuration. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** The mode of that name; empty for {@code auto} and what is none. */
  public static Optional<MemoryMode> fromLabel(String name) {
    for (MemoryMode mode : values()) {
      if (mode.label().equals(name)) {
        return Optional.of(mode);
      }
    }
    return Optional.empty();
  }

  /** The mode for so much memory: up to 384 MB short, up to 1,024 MB medium, else hog. */
  public static MemoryMode forMegabytes(long megabytes) {
    if (megabytes <= 384) {
      return SHORT;
    }
    return megabytes <= 1024 ? MEDIUM : HOG;
  }
}
