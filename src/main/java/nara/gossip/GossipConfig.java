package nara.gossip;

import java.time.Duration;
import java.util.Optional;
import nara.identity.Personality;
import nara.recovery.MemoryMode;

/**
 * How this node gossips.
 *
 * @param silence why it says nothing and asks nobody, in a sentence; empty when it does
 * @param pause between two rounds of zines
 * @param memory how much it remembers: with little, it gossips with fewer and does not catch up
 */
public record GossipConfig(Optional<String> silence, Duration pause, MemoryMode memory) {
  /** The shortest pause, of the most talkative: the wire contract's. */
  private static final Duration SHORTEST = Duration.ofSeconds(30);

  /** The longest pause, of those who hardly talk: the wire contract's. */
  private static final Duration LONGEST = Duration.ofSeconds(300);

  private static final Duration ZINE = Duration.ofMinutes(5);

  /** A node of that character and memory; the more sociable, the shorter the pauses. */
  public static GossipConfig of(
      Optional<String> silence, Personality personality, MemoryMode memory) {
    long more = LONGEST.minus(SHORTEST).toSeconds() * (100 - personality.sociability()) / 100;
    return new GossipConfig(silence, SHORTEST.plusSeconds(more), memory);
  }

  /**
   * How old the events in a zine may be: those of the wire contract's five minutes, and, so that
   * nothing ends here that came from others since the last round, as much more as lies between two.
   */
  Duration span() {
    return ZINE.plus(pause);
  }
}
