package nara.ledger;

import java.time.Duration;

/**
 * How much a ledger keeps, and what its owner does not care for.
 *
 * @param maxEvents the most events, at least 1; more only where the rest may not be pruned
 * @param agreeableness 0 to 99, of the owner's personality
 * @param sociability 0 to 99
 * @param chill 0 to 99
 * @param missingAfter how long a nara that was online may be silent before it is missing
 */
public record LedgerConfig(
    int maxEvents, int agreeableness, int sociability, int chill, Duration missingAfter) {
  /** The silence after which a nara is missing. */
  public static final Duration MISSING_AFTER = Duration.ofMinutes(5);

  /** The same where either side is in gossip mode and so speaks rarely. */
  public static final Duration MISSING_AFTER_IN_GOSSIP = Duration.ofHours(1);

  /** A ledger of a node that is not in gossip mode. */
  public LedgerConfig(int maxEvents, int agreeableness, int sociability, int chill) {
    this(maxEvents, agreeableness, sociability, chill, MISSING_AFTER);
  }

  /** A ledger of that size whose owner drops nothing out of taste. */
  public static LedgerConfig ofSize(int maxEvents) {
    return new LedgerConfig(maxEvents, 50, 50, 50);
  }

  /** The same, with another silence after which a nara is missing. */
  public LedgerConfig missingAfter(Duration silence) {
    return new LedgerConfig(maxEvents, agreeableness, sociability, chill, silence);
  }
}
