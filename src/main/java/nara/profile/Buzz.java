package nara.profile;

import java.time.Duration;
import java.time.Instant;
import java.util.IntSummaryStatistics;

/**
 * This node's buzz: a level that received messages raise and that falls with time. With more buzz
 * the node is more talkative, and its next newspaper comes sooner.
 *
 * <p>The numbers are the reference's. The wire contract only says that newspapers come every 30 to
 * 300 seconds, depending on the chattiness.
 */
public final class Buzz {
  /** The highest level of this node, and of what others may report as theirs. */
  public static final int MAX = 182;

  private static final int INITIAL_LEVEL = 100;
  private static final int DECAY_PER_SECOND = 3;

  /** For this time after its start, a node has the highest chattiness. */
  private static final Duration WARM_UP = Duration.ofMinutes(2);

  /**
   * The reference adds this on an idle machine, and less on a busy one. This node always adds it.
   * Otherwise a quiet node would publish only every 300 s, and others would take it for missing.
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

  void add(int amount, Instant now) {
    level = Math.min(MAX, level(now) + amount);
    updatedAt = now;
  }

  int level(Instant now) {
    double seconds = Math.max(0, Duration.between(updatedAt, now).toMillis() / 1_000.0);
    return (int) Math.max(0, level - DECAY_PER_SECOND * seconds);
  }

  /**
   * The buzz that this node reports: half of its own level, and a share of the levels that the
   * online peers report.
   */
  int weightedLevel(IntSummaryStatistics others, Instant now) {
    int own = level(now);
    int sum = own / 2 + (int) others.getAverage() / 5 + Math.max(own, others.getMax()) * 3 / 10;
    return Math.min(MAX, sum);
  }

  /** The chattiness, 0 to 100, that follows from a weighted level. */
  int chattiness(int weighted, Instant now) {
    boolean young = Duration.between(start, now).compareTo(WARM_UP) < 0;
    return young ? 100 : Math.min(100, weighted + IDLE_BONUS);
  }

  /** The time between two newspapers: 300 seconds with chattiness 0, 30 with 100. */
  static Duration newspaperInterval(int chattiness) {
    Duration span = MAX_INTERVAL.minus(MIN_INTERVAL);
    return MIN_INTERVAL.plus(span.multipliedBy(100 - chattiness).dividedBy(100));
  }
}
