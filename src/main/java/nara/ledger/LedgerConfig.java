package nara.ledger;

/**
 * How much a ledger keeps, and what its owner does not care for.
 *
 * @param maxEvents the most events; more only where the rest may not be pruned
 * @param agreeableness 0 to 99, of the owner's personality
 * @param sociability 0 to 99
 * @param chill 0 to 99
 */
public record LedgerConfig(int maxEvents, int agreeableness, int sociability, int chill) {
  /** A ledger of that size whose owner drops nothing out of taste. */
  public static LedgerConfig ofSize(int maxEvents) {
    return new LedgerConfig(maxEvents, 50, 50, 50);
  }
}
