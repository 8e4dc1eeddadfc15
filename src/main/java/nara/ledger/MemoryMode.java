package nara.ledger;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How many events a node keeps: the reference's three profiles. */
public enum MemoryMode {
  SHORT(20_000),
  MEDIUM(80_000),
  HOG(320_000);

  private static final int HEAP_PART = 6;
  private static final long BYTES_PER_EVENT = 2_048;

  private final int maxEvents;

  MemoryMode(int maxEvents) {
    this.maxEvents = maxEvents;
  }

  public int maxEvents() {
    return maxEvents;
  }

  /**
   * How many bytes of events a node keeps: 2 KB for each event, the size of a checkpoint with ten
   * voters. Usual ones have 500 bytes.
   *
   * @param maxEvents that a node of this mode keeps; it may be configured to keep more than usual
   * @param heapBytes of the JVM: with their indexes, events take about twice their bytes, so they
   *     get at most a sixth of it
   */
  public long maxBytes(int maxEvents, long heapBytes) {
    return Math.min(Math.max(this.maxEvents, maxEvents) * BYTES_PER_EVENT, heapBytes / HEAP_PART);
  }

  /** The name in configuration. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The mode of that name; empty for {@code auto} and unknown names. */
  public static Optional<MemoryMode> fromLabel(String name) {
    return Arrays.stream(values()).filter(mode -> mode.label().equals(name)).findFirst();
  }

  /** The mode for so much memory: up to 384 MB short, up to 1,024 MB medium, else hog. */
  public static MemoryMode forMegabytes(long megabytes) {
    return megabytes <= 384 ? SHORT : megabytes <= 1024 ? MEDIUM : HOG;
  }
}
