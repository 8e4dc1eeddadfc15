package nara.ledger;

import java.time.Duration;

/**
 * The size of a ledger and the personality of its owner.
 *
 * @param maxEvents at least 1; a ledger exceeds it only by events that may not be pruned
 * @param agreeableness 0 to 99
 * @param sociability 0 to 99
 * @param chill 0 to 99
 * @param missingAfter the silence after which an online nara is missing
 */
public record LedgerConfig(
    int maxEvents, int agreeableness, int sociability, int chill, Duration missingAfter) {
  public static final Duration MISSING_AFTER = Duration.ofMinutes(5);

  /** Longer where either side is in gossip mode, because it sends events less often. */
  public static final Duration MISSING_AFTER_IN_GOSSIP = Duration.ofHours(1);

  /** For a node that is not in gossip mode. */
  public LedgerConfig(int maxEvents, int agreeableness, int sociability, int chill) {
    this(maxEvents, agreeableness, sociability, chill, MISSING_AFTER);
  }

  /** For a personality that drops nothing. */
  public static LedgerConfig ofSize(int maxEvents) {
    return new LedgerConfig(maxEvents, 50, 50, 50);
  }

  public LedgerConfig missingAfter(Duration silence) {
    return new LedgerConfig(maxEvents, agreeableness, sociability, chill, silence);
  }
}
