package nara.identity;

/**
 * A nara's character, three numbers from 0 to 99 that follow from its soul. It decides which social
 * events a node cares to keep, and is announced in its status.
 */
public record Personality(int agreeableness, int sociability, int chill) {

  /** Three draws in the order of the components, from the generator seeded by the soul's text. */
  public static Personality of(Soul soul) {
    GoRandom random = GoRandom.seededBy(soul.encoded());
    int agreeableness = random.intn(100);
    int sociability = random.intn(100);
    int chill = random.intn(100);
    return new Personality(agreeableness, sociability, chill);
  }
}
