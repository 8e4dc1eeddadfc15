package nara.ledger;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The memory profile of a node: how many events it stores, and how it recovers. */
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

  public int maxEvents() {
    return maxEvents;
  }

  /** The events that all calls of a sample recovery request together. */
  public int sampleCapacity() {
    return sampleCapacity;
  }

  /** The events that one sample call requests. */
  public int samplePage() {
    return samplePage;
  }

  /** The most mesh neighbours that a recovery uses. */
  public int maxNeighbours() {
    return maxNeighbours;
  }

  public int maxInFlight() {
    return maxInFlight;
  }

  /** The most neighbours that a recovery uses over the plaza. */
  public int maxPlazaNeighbours() {
    return maxPlazaNeighbours;
  }

  /** The name in the configuration. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The mode with this label; empty for {@code auto} and for unknown labels. */
  public static Optional<MemoryMode> fromLabel(String label) {
    return Arrays.stream(values()).filter(mode -> mode.label().equals(label)).findFirst();
  }

  /** Short for up to 384 MB, medium for up to 1,024 MB, otherwise hog. */
  public static MemoryMode forMegabytes(long megabytes) {
    if (megabytes <= 384) {
      return SHORT;
    }
    return megabytes <= 1024 ? MEDIUM : HOG;
  }
}
