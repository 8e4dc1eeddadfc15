package nara.stash;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import nara.discovery.Neighbour;

/**
 * Chooses candidates as the reference does: the first confidant is the neighbour with the longest
 * uptime, the others are random.
 */
final class ConfidantChoice {
  private final List<Neighbour> left;
  private final ToLongFunction<Neighbour> uptime;
  private final RandomGenerator random;

  /** The choice among these candidates; those without an uptime come last for the first place. */
  ConfidantChoice(
      List<Neighbour> candidates, ToLongFunction<Neighbour> uptime, RandomGenerator random) {
    this.left = new ArrayList<>(candidates);
    this.uptime = uptime;
    this.random = random;
  }

  boolean isEmpty() {
    return left.isEmpty();
  }

  /** Removes and returns the next candidate. */
  Neighbour next(boolean isFirst) {
    if (!isFirst) {
      return left.remove(random.nextInt(left.size()));
    }
    Neighbour longest = left.stream().max(Comparator.comparingLong(uptime)).orElseThrow();
    left.remove(longest);
    return longest;
  }
}
