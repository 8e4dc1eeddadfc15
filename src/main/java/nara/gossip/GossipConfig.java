package nara.gossip;

import java.time.Duration;
import java.util.Optional;
import nara.identity.Personality;
import nara.ledger.MemoryMode;

/**
 * How this node gossips.
 *
 * @param disabledReason why it says nothing and asks nobody, in a sentence; empty when it does
 * @param interval between two rounds of zines
 * @param memory how much it remembers: with little, it gossips with fewer and does not catch up
 */
public record GossipConfig(Optional<String> disabledReason, Duration interval, MemoryMode memory) {
  /** The shortest pause, of the most talkative: the wire contract's. */
  private static final Duration MIN_INTERVAL = Duration.ofSeconds(30);

  /** The longest pause, of those who hardly talk: the wire contract's. */
  private static final Duration MAX_INTERVAL = Duration.ofSeconds(300);

  private static final Duration ZINE_SPAN = Duration.ofMinutes(5);

  /** A node of that character and memory; the more sociable, the shorter the pauses. */
  public static GossipConfig of(
      Optional<String> disabledReason, Personality personality, MemoryMode memory) {
    long extraSeconds =
        MAX_INTERVAL.minus(MIN_INTERVAL).toSeconds() * (100 - personality.sociability()) / 100;
    return new GossipConfig(disabledReason, MIN_INTERVAL.plusSeconds(extraSeconds), memory);
  }

  /**
   * How old the events in a zine may be: those of the wire contract's five minutes, and, so that
   * nothing ends here that came from others since the last round, as much more as lies between two.
   */
  Duration zineSpan() {
    return ZINE_SPAN.plus(interval);
  }
}
