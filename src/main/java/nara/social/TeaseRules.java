package nara.social;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import nara.identity.Hashing;
import nara.identity.Identity;
import nara.identity.Personality;

/** When a nara teases another: the reference's rules. Draws come from hashes, not from chance. */
final class TeaseRules {
  /** Younger naras may restart as they like. */
  private static final long FIRST_DAY_SECONDS = 86_400;

  /** Numbers that please beside round ones and palindromes. */
  private static final Set<Long> NICE_NUMBERS =
      Set.of(42L, 67L, 69L, 123L, 365L, 420L, 1234L, 1337L);

  /** A neighbour is noticed more often. */
  private static final double SAME_BARRIO_BOOST = 3;

  /** Of 1,000. */
  private static final double MAX_RANDOM_CHANCE = 50;

  private final Identity me;
  private final Personality personality;

  TeaseRules(Identity me) {
    this.me = me;
    this.personality = me.personality();
  }

  /**
   * What is known of a nara that was just heard.
   *
   * @param startTime Unix seconds; 0 when unknown
   * @param restarts 0 when unknown
   * @param cameBack whether it was missing until now
   * @param abandonedTrend whether it has just left a trend that others follow
   * @param sameBarrio whether it is in this node's neighbourhood
   */
  record Facts(
      String name,
      long startTime,
      long restarts,
      boolean cameBack,
      boolean abandonedTrend,
      boolean sameBarrio) {}

  /** The first reason that holds, in the reference's order. */
  Optional<TeaseReason> reason(Facts facts, long nowSeconds) {
    if (restartsOften(facts, nowSeconds)) {
      return Optional.of(TeaseReason.HIGH_RESTARTS);
    } else if (remarksNumber(facts.restarts)) {
      return Optional.of(TeaseReason.NICE_NUMBER);
    } else if (facts.cameBack && personality.sociability() > 40) {
      return Optional.of(TeaseReason.COMEBACK);
    } else if (facts.abandonedTrend && personality.agreeableness() <= 70) {
      return Optional.of(TeaseReason.TREND_ABANDON);
    }
    return isRandom(facts, nowSeconds) ? Optional.of(TeaseReason.RANDOM) : Optional.empty();
  }

  private boolean restartsOften(Facts facts, long nowSeconds) {
    long lifetime = nowSeconds - facts.startTime;
    if (facts.startTime <= 0 || lifetime < FIRST_DAY_SECONDS) {
      return false;
    }
    double perDay = facts.restarts / ((double) lifetime / FIRST_DAY_SECONDS);
    double tolerated =
        2.0
            - personality.sociability() / 200.0
            + personality.chill() / 100.0
            + personality.agreeableness() / 200.0;
    return perDay >= Math.max(0.5, tolerated);
  }

  private boolean remarksNumber(long restarts) {
    long draw = Long.remainderUnsigned(hash("nice-" + restarts), 100);
    return isNice(restarts) && draw < 60 + personality.sociability() / 5;
  }

  static boolean isNice(long number) {
    String digits = Long.toString(number);
    boolean isPalindrome =
        number >= 10 && new StringBuilder(digits).reverse().toString().equals(digits);
    boolean isRound = number >= 100 && number % 100 == 0;
    return isPalindrome || isRound || number == 404 || NICE_NUMBERS.contains(number);
  }

  /** Whether a trend is popular enough that leaving it is noticed; 1 means that all follow it. */
  boolean isPopular(double popularity) {
    return popularity >= 0.3 - personality.sociability() / 500.0;
  }

  private boolean isRandom(Facts facts, long nowSeconds) {
    long draw = Long.remainderUnsigned(hash(me.soul().encoded() + facts.name + nowSeconds), 1_000);
    int chance = 10 + personality.sociability() / 10 - personality.chill() / 20;
    return draw
        < (long) Math.min(MAX_RANDOM_CHANCE, chance * (facts.sameBarrio ? SAME_BARRIO_BOOST : 1));
  }

  private static long hash(String text) {
    return ByteBuffer.wrap(Hashing.sha256(text.getBytes(StandardCharsets.UTF_8))).getLong();
  }
}
