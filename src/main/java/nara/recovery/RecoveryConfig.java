package nara.recovery;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import nara.ledger.MemoryMode;

/**
 * How a recovery goes. The reference's waits and limits are the defaults.
 *
 * @param ladder rungs in order: reconcile, pages, sample, slices, plaza
 * @param firstWait before neighbours are looked for, unless some are known in gossip mode
 * @param tries how often neighbours are looked for
 * @param retryWait before the second try; doubled before each further one
 * @param mode the memory profile
 * @param sampleCapacity events that the sample rung asks for in all
 * @param samplePage events of one call
 * @param maxInFlight calls under way at once
 * @param callTimeout least time for one call; grows with the page
 * @param callTries how often a failed call is tried in all, each time with another neighbour
 * @param plazaQuiet how long the plaza may be silent before it is given up
 * @param plazaDeadline how long the plaza rung may take in all
 * @param gossip whether the node is in gossip mode: known peers are asked at once
 * @param readOnly whether nothing but reads may be sent
 * @param thoroughness whether the pages rung walks neighbours whose probes brought nothing new
 * @param maxEvents what the ledger holds: once so many are recovered, older ones are not asked for
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
    int maxEvents) {

  /** Whom the pages rung walks. */
  public enum Thoroughness {
    /** The fewest neighbours that together have all that any probe found. */
    PROBE,
    /** All of them. */
    FULL;

    /** The name in configuration. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** One way to get events back. */
  public enum Rung {
    /** What is held compared with each neighbour, and what is lacking fetched. */
    RECONCILE,
    /** The whole time range in pages, split over all neighbours. */
    PAGES,
    /** Random samples, as the reference does. */
    SAMPLE,
    /** Slices of a fixed number of the newest events. */
    SLICES,
    /** Social events over MQTT. */
    PLAZA;

    /** The name in configuration and reports. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A call may take this much longer for each event that it asks for. */
  private static final Duration TIMEOUT_PER_EVENT = Duration.ofMillis(4);

  /** How long a call may take that asks for so many events. */
  public Duration timeout(int events) {
    return callTimeout.plus(TIMEOUT_PER_EVENT.multipliedBy(events));
  }

  /** The reference's values for a memory mode. */
  public static RecoveryConfig defaults(MemoryMode mode) {
    return new RecoveryConfig(
        List.of(Rung.RECONCILE, Rung.PAGES, Rung.SAMPLE, Rung.SLICES, Rung.PLAZA),
        Duration.ofSeconds(30),
        3,
        Duration.ofSeconds(30),
        mode,
        mode.sampleCapacity(),
        mode.samplePage(),
        mode.maxInFlight(),
        Duration.ofSeconds(10),
        3,
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        false,
        false,
        Thoroughness.PROBE,
        mode.maxEvents());
  }

  /** The same, without waiting for a network that comes up together with this node. */
  public RecoveryConfig withoutFirstWait() {
    return withDiscoveryRetries(Duration.ZERO, 1);
  }

  /** The same, with that wait before each of so many tries. */
  public RecoveryConfig withDiscoveryRetries(Duration delay, int attempts) {
    return new RecoveryConfig(
        ladder,
        delay,
        attempts,
        delay,
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
        maxEvents);
  }

  /** The same, with another ladder. */
  public RecoveryConfig withLadder(Rung... rungs) {
    return new RecoveryConfig(
        List.of(rungs),
        firstWait,
        tries,
        retryWait,
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
        maxEvents);
  }

  /** The same, with another number of events sampled in all and in one call. */
  public RecoveryConfig withSampling(int capacity, int page) {
    return new RecoveryConfig(
        ladder,
        firstWait,
        tries,
        retryWait,
        mode,
        capacity,
        page,
        maxInFlight,
        callTimeout,
        callTries,
        plazaQuiet,
        plazaDeadline,
        gossip,
        readOnly,
        thoroughness,
        maxEvents);
  }

  /** The same, walking those neighbours. */
  public RecoveryConfig withThoroughness(Thoroughness changed) {
    return new RecoveryConfig(
        ladder,
        firstWait,
        tries,
        retryWait,
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
        changed,
        maxEvents);
  }
}
