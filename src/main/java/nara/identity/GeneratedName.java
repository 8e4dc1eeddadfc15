package nara.identity;

import java.util.HexFormat;
import java.util.List;

/**
 * The name that a seed gives to a nara that nobody named, such as {@code brisk-heron-042}.
 *
 * <p>How it is drawn is the wire contract's; the words are this project's own, so the same seed is
 * called otherwise by another implementation. Nothing on the wire depends on the word, but the bond
 * of a soul does: a soul from elsewhere is given together with its name.
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
    return adjective + "-" + noun + "-" + number;
  }
}
