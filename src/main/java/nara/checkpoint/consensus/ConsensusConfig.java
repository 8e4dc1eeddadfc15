package nara.checkpoint.consensus;

import java.time.Duration;

/**
 * How this node agrees on checkpoints with others. The reference's values are the defaults.
 *
 * @param every how long after its last checkpoint a node proposes the next one
 * @param checkEvery how often it looks whether that time has come
 * @param neighbours how many must be online before it proposes
 * @param voteWindow how long votes on a proposal are awaited
 * @param voteWait upper bound of the random wait before a proposal is voted on
 */
public record ConsensusConfig(
    Duration every, Duration checkEvery, int neighbours, Duration voteWindow, Duration voteWait) {
  /** A day, a quarter of an hour, six neighbours, a minute, three seconds. */
  public static ConsensusConfig defaults() {
    return new ConsensusConfig(
        Duration.ofHours(24),
        Duration.ofMinutes(15),
        6,
        Duration.ofMinutes(1),
        Duration.ofSeconds(3));
  }
}
