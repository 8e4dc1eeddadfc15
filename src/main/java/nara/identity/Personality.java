package nara.identity;

/**
 * The character of a nara: three numbers from 0 to 99, drawn from its soul. It decides which social
 * events the ledger keeps, and the status announces it.
 */
public record Personality(int agreeableness, int sociability, int chill) {

  /** Draws the components in order, from the generator seeded by the soul's text. */
  public static Personality of(Soul soul) {
    GoRandom random = GoRandom.seededBy(soul.encoded());
    return new Personality(random.intn(100), random.intn(100), random.intn(100));
  }
}
