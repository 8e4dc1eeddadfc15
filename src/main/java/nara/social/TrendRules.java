package nara.social;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import nara.identity.Personality;
import nara.profile.Status;

/**
 * Whether a nara joins, starts or leaves a trend: the reference's chances. Agreeable naras join,
 * sociable ones start, chilled ones stay.
 */
final class TrendRules {
  /** This project's emojis for new trends. */
  private static final List<String> EMOJIS =
      List.of("🎈", "🪁", "🛹", "🎳", "🧩", "🪀", "🎏", "🛼", "🧣", "🎩", "🕶️", "🪕", "🪘", "📻");

  // Draws are from 0 up to these numbers.
  private static final int JOIN_RANGE = 150;
  private static final int LEAVE_RANGE = 500;

  /** A lonely follower leaves sooner. */
  private static final int ALONE_BONUS = 30;

  private final String me;
  private final Personality personality;
  private final RandomGenerator random;

  TrendRules(String me, Personality personality, RandomGenerator random) {
    this.me = me;
    this.personality = personality;
    this.random = random;
  }

  /** The trend that this node follows from now on. */
  Trend next(Trend own, List<Status> online) {
    Map<Trend, Integer> followers =
        new TreeMap<>(Comparator.comparing(Trend::name).thenComparing(Trend::emoji));
    for (Status status : online) {
      Trend trend = new Trend(status.look().trend(), status.look().trendEmoji());
      if (trend.isDecent()) {
        followers.merge(trend, 1, Integer::sum);
      }
    }
    return own.name().isEmpty() ? join(followers, online.size()) : stay(own, online);
  }

  private Trend stay(Trend own, List<Status> online) {
    boolean alone = online.stream().noneMatch(s -> s.look().trend().equals(own.name()));
    int chance = 100 - personality.chill() + (alone ? ALONE_BONUS : 0);
    return random.nextInt(LEAVE_RANGE) < chance ? Trend.NONE : own;
  }

  private Trend join(Map<Trend, Integer> followers, int online) {
    for (Trend trend : followers.keySet()) {
      if (random.nextInt(JOIN_RANGE) < personality.agreeableness()) {
        return trend;
      }
    }
    return random.nextInt(100) < (int) startChance(followers, online)
        ? new Trend(me + "-style", EMOJIS.get(random.nextInt(EMOJIS.size())))
        : Trend.NONE;
  }

  /** In percent. Many trends leave little room; one that most follow provokes a rebel. */
  private double startChance(Map<Trend, Integer> followers, int online) {
    int room = 1 + followers.size();
    double chance = personality.sociability() / 10.0 / room;
    int largest = followers.values().stream().max(Comparator.naturalOrder()).orElse(0);
    int share = online == 0 ? 0 : largest * 100 / online;
    return share > 50
        ? chance + (100 - personality.agreeableness()) * (share - 50) / 100.0 / room
        : chance;
  }
}
