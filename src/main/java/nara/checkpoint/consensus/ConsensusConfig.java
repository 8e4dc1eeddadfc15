package nara.checkpoint.consensus;

import java.time.Duration;

/**
 * How this node agrees on checkpoints with others. The defaults are the reference's values.
 *
 * @param every how long after its last checkpoint a node proposes the next one
 * @param checkEvery how often it checks whether that is due
 * @param neighbours how many must be online for a proposal
 * @param voteWindow how long a proposal waits for votes
 * @param voteWait the longest random delay of a vote
 */
public record ConsensusConfig(
    Duration every, Duration checkEvery, int neighbours, Duration voteWindow, Duration voteWait) {
  public static ConsensusConfig defaults() {
    return new ConsensusConfig(
        Duration.ofHours(24),
        Duration.ofMinutes(15),
        6,
        Duration.ofMinutes(1),
        Duration.ofSeconds(3));
  }
}
