package nara.ledger;

import java.time.Duration;

/**
 * The size of a ledger and the personality of its owner.
 *
 * @param owner the name of the nara that keeps it; its own events are the last to be pruned
 * @param maxEvents at least 1; a ledger exceeds it only by events that may not be pruned
 * @param maxBytes of the events' JSON
 * @param agreeableness 0 to 99
 * @param sociability 0 to 99
 * @param chill 0 to 99
 * @param missingAfter the silence after which an online nara is missing
 */
public record LedgerConfig(
    String owner,
    int maxEvents,
    long maxBytes,
    int agreeableness,
    int sociability,
    int chill,
    Duration missingAfter) {
  public static final Duration MISSING_AFTER = Duration.ofMinutes(5);

  /** Longer where either side is in gossip mode, because it sends events less often. */
  public static final Duration MISSING_AFTER_IN_GOSSIP = Duration.ofHours(1);

  /** For a node without a name, of any size in bytes, that is not in gossip mode. */
  public LedgerConfig(int maxEvents, int agreeableness, int sociability, int chill) {
    this("", maxEvents, Long.MAX_VALUE, agreeableness, sociability, chill, MISSING_AFTER);
  }

  /** For a personality that drops nothing. */
  public static LedgerConfig ofSize(int maxEvents) {
    return new LedgerConfig(maxEvents, 50, 50, 50);
  }

  public LedgerConfig missingAfter(Duration silence) {
    return new LedgerConfig(owner, maxEvents, maxBytes, agreeableness, sociability, chill, silence);
  }

  /** The same for a nara of this name. */
  public LedgerConfig ownedBy(String name) {
    return new LedgerConfig(
        name, maxEvents, maxBytes, agreeableness, sociability, chill, missingAfter);
  }

  /** The same with a limit of bytes. */
  public LedgerConfig maxBytes(long bytes) {
    return new LedgerConfig(
        owner, maxEvents, bytes, agreeableness, sociability, chill, missingAfter);
  }
}
