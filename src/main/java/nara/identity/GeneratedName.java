package nara.identity;

import java.util.HexFormat;
import java.util.List;

/**
 * The name of a nara without a configured one, drawn from its seed, such as {@code
 * brisk-heron-042}. The wire contract defines the draw; the word lists are this project's own. So a
 * soul from another implementation comes together with its name.
 */
final class GeneratedName {
  private static final List<String> ADJECTIVES = Resource.lines("adjectives.txt");
  private static final List<String> NOUNS = Resource.lines("nouns.txt");

  private GeneratedName() {}

  static String of(byte[] seed) {
    return of(seed, ADJECTIVES, NOUNS);
  }

  static String of(byte[] seed, List<String> adjectives, List<String> nouns) {
    GoRandom random = GoRandom.seededBy(HexFormat.of().formatHex(seed));
    String adjective = adjectives.get(random.intn(adjectives.size()));
    String noun = nouns.get(random.intn(nouns.size()));
    String number = Integer.toString(1000 + random.intn(1000)).substring(1);
    return adjective + '-' + noun + '-' + number;
  }
}
