package nara.mqtt;

import java.time.Duration;
import java.time.Instant;

/**
 * How much is going on around this node, and so how talkative it is: the more it hears, the sooner
 * its next newspaper.
 *
 * <p>What is heard adds to the level, and it falls by three a second. The numbers are the
 * reference's; the wire contract only says that newspapers come every 30 to 300 seconds by
 * chattiness.
 */
final class Buzz {
  /** The highest level, of this node and of what others may claim of theirs. */
  static final int MAX = 182;

  /** A new node begins excited. */
  private static final int INITIAL_LEVEL = 100;

  private static final int DECAY_PER_SECOND = 3;

  /** So long after its start a node is as talkative as can be. */
  private static final Duration WARM_UP = Duration.ofMinutes(2);

  /**
   * What the reference adds on an idle machine; on one that is busy it adds less. Always added
   * here: without it a quiet node would speak every 300 s, just when others miss it.
   */
  private static final int IDLE_BONUS = 20;

  private static final Duration MIN_INTERVAL = Duration.ofSeconds(30);
  private static final Duration MAX_INTERVAL = Duration.ofSeconds(300);

  private final Instant start;
  private double level = INITIAL_LEVEL;
  private Instant updatedAt;

  Buzz(Instant start) {
    this.start = start;
    this.updatedAt = start;
  }

  /** Something happened that is so exciting. */
  void add(int amount, Instant now) {
    level = Math.min(MAX, level(now) + amount);
    updatedAt = now;
  }

  /** This node's own level now. */
  int level(Instant now) {
    double seconds = Math.max(0, Duration.between(updatedAt, now).toMillis() / 1_000.0);
    return (int) Math.max(0, level - DECAY_PER_SECOND * seconds);
  }

  /**
   * What is told as this node's buzz: half its own level, the rest what others tell of theirs.
   *
   * @param average of the others that are there, 0 without any
   * @param highest of them, 0 without any
   */
  int weightedLevel(int average, int highest, Instant now) {
    int own = level(now);
    int sum = own / 2 + average / 5 + Math.max(own, highest) * 3 / 10;
    return Math.min(MAX, sum);
  }

  /** How talkative this node is, 0 to 100, with such a buzz. */
  int chattiness(int weighted, Instant now) {
    boolean young = Duration.between(start, now).compareTo(WARM_UP) < 0;
    return young ? 100 : Math.min(100, weighted + IDLE_BONUS);
  }

  /** How long one so talkative is silent: 300 seconds at 0, 30 at 100. */
  static Duration newspaperInterval(int chattiness) {
    Duration span = MAX_INTERVAL.minus(MIN_INTERVAL);
    return MIN_INTERVAL.plus(span.multipliedBy(100 - chattiness).dividedBy(100));
  }
}
