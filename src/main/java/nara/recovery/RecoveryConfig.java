package nara.recovery;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import nara.ledger.MemoryMode;

/**
 * Configuration of a recovery. The reference's waits and limits are the defaults.
 *
 * @param ladder rungs in order
 * @param firstWait the longest wait for a neighbour in the first try; none in gossip mode
 * @param tries attempts at discovery, each of which repeats until its wait is over
 * @param retryWait the longest wait in the second try; doubled in each further one
 * @param sampleCapacity events that the sample rung requests in all
 * @param samplePage events of one sample call
 * @param maxInFlight calls in flight at once
 * @param callTimeout least timeout of a call, which grows with the requested events
 * @param callTries attempts at a call, each with another peer where there is one
 * @param plazaQuiet how long the plaza may be silent before its rung ends
 * @param plazaDeadline of the whole plaza rung
 * @param gossip whether the node is in gossip mode
 * @param readOnly whether the node may send nothing but reads
 * @param thoroughness the peers that the pages rung fetches from
 * @param maxEvents the ledger's limit: the pages rung leaves older events
 * @param readyWhen what makes the node ready
 * @param deadline how long after its start a recovery still waits for neighbours that refuse or
 *     lose connections, while nobody else can give their events
 */
public record RecoveryConfig(
    List<Rung> ladder,
    Duration firstWait,
    int tries,
    Duration retryWait,
    MemoryMode mode,
    int sampleCapacity,
    int samplePage,
    int maxInFlight,
    Duration callTimeout,
    int callTries,
    Duration plazaQuiet,
    Duration plazaDeadline,
    boolean gossip,
    boolean readOnly,
    Thoroughness thoroughness,
    int maxEvents,
    ReadyWhen readyWhen,
    Duration deadline) {

  /** What makes a node ready. */
  public enum ReadyWhen {
    /** A neighbour answered in a recovery. */
    RECOVERED,
    /** A recovery ended, whatever came of it: for the first node of a network. */
    TRIED;

    /** The name in configuration. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The peers that the pages rung fetches from. */
  public enum Thoroughness {
    /** The fewest peers that together hold all probed events. */
    PROBE,
    FULL;

    /** The name in configuration. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A way to recover events. */
  public enum Rung {
    /** Compares the ledger with each peer's and fetches the missing events. */
    RECONCILE,
    /** Fetches the whole time range in pages, divided among all peers. */
    PAGES,
    /** Fetches random samples, as the reference does. */
    SAMPLE,
    /** Fetches slices of a fixed number of the newest events. */
    SLICES,
    /** Fetches social events over MQTT. */
    PLAZA;

    /** The name in configuration and reports. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The reference's numbers for each memory mode. */
  private record ModeLimits(
      int sampleCapacity, int samplePage, int maxPeers, int maxInFlight, int maxPlazaNeighbours) {
    static ModeLimits of(MemoryMode mode) {
      return switch (mode) {
        case SHORT -> new ModeLimits(5_000, 1_000, 4, 3, 2);
        case MEDIUM -> new ModeLimits(50_000, 5_000, Integer.MAX_VALUE, 10, 5);
        case HOG -> new ModeLimits(80_000, 5_000, Integer.MAX_VALUE, 10, 5);
      };
    }
  }

  /** The reference's values for a memory mode. */
  public static RecoveryConfig defaults(MemoryMode mode) {
    ModeLimits limits = ModeLimits.of(mode);
    return new RecoveryConfig(
        List.of(Rung.values()),
        Duration.ofSeconds(30),
        3,
        Duration.ofSeconds(30),
        mode,
        limits.sampleCapacity,
        limits.samplePage,
        limits.maxInFlight,
        Duration.ofSeconds(10),
        3,
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        false,
        false,
        Thoroughness.PROBE,
        mode.maxEvents(),
        ReadyWhen.RECOVERED,
        Duration.ofMinutes(2));
  }

  /** Peers that a mesh rung fetches from at most; it may try more. */
  public int maxPeers() {
    return ModeLimits.of(mode).maxPeers;
  }

  /** Neighbours of the plaza rung at most. */
  int maxPlazaNeighbours() {
    return ModeLimits.of(mode).maxPlazaNeighbours;
  }

  /** The timeout of a call that requests so many events. */
  Duration timeout(int events) {
    return callTimeout.plus(RecoveryLimits.TIMEOUT_PER_EVENT.multipliedBy(events));
  }

  /** A copy for a network that is up already. */
  public RecoveryConfig withoutFirstWait() {
    return withDiscoveryRetries(Duration.ZERO, 1);
  }

  /** A copy that waits so long for a neighbour in each of its tries. */
  public RecoveryConfig withDiscoveryRetries(Duration wait, int attempts) {
    return new RecoveryConfig(
        ladder,
        wait,
        attempts,
        wait,
        mode,
        sampleCapacity,
        samplePage,
        maxInFlight,
        callTimeout,
        callTries,
        plazaQuiet,
        plazaDeadline,
        gossip,
        readOnly,
        thoroughness,
        maxEvents,
        readyWhen,
        deadline);
  }
}
