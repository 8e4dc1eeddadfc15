package nara.gossip;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import nara.identity.Personality;
import nara.ledger.MemoryMode;

/**
 * How this node gossips.
 *
 * @param disabledReason why it sends no requests, in a sentence; empty when it does
 * @param interval between two rounds of zines
 * @param memory with a short one it has fewer peers and no background sync
 * @param hasBroker whether its announcements go to a broker too
 */
public record GossipConfig(
    Optional<String> disabledReason, Duration interval, MemoryMode memory, boolean hasBroker) {
  // The wire contract: from 30 s for the most sociable to 300 s, zines with the last 5 minutes.
  private static final Duration MIN_INTERVAL = Duration.ofSeconds(30);
  private static final Duration MAX_INTERVAL = Duration.ofSeconds(300);
  private static final Duration ZINE_SPAN = Duration.ofMinutes(5);

  public static GossipConfig of(
      Optional<String> disabledReason,
      Personality personality,
      MemoryMode memory,
      boolean hasBroker) {
    long extraSeconds =
        MAX_INTERVAL.minus(MIN_INTERVAL).toSeconds() * (100 - personality.sociability()) / 100;
    return new GossipConfig(
        disabledReason, MIN_INTERVAL.plusSeconds(extraSeconds), memory, hasBroker);
  }

  /**
   * Draws the number of peers of a round by the wire contract: 1 or 2 in mode short, else 3 to 5.
   */
  int drawPeerCount(RandomGenerator random) {
    return memory == MemoryMode.SHORT ? 1 + random.nextInt(2) : 3 + random.nextInt(3);
  }

  /**
   * How old the events in a zine may be. One interval more than the wire contract says, because an
   * event that a peer sent since the last round must be passed on too.
   */
  Duration zineSpan() {
    return ZINE_SPAN.plus(interval);
  }
}
