package nara.checkpoint;

import java.time.Duration;

/**
 * How checkpoints are fetched, and how new ones are agreed on. The reference's values are the
 * defaults.
 *
 * @param peersWanted how many peers that gave checkpoints are enough
 * @param pageSize events of one page
 * @param timeout of one request
 * @param consensus how new ones are agreed on
 */
public record CheckpointConfig(
    int peersWanted, int pageSize, Duration timeout, ConsensusConfig consensus) {
  /** With the reference's consensus. */
  public CheckpointConfig(int peersWanted, int pageSize, Duration timeout) {
    this(peersWanted, pageSize, timeout, ConsensusConfig.defaults());
  }

  public static CheckpointConfig defaults() {
    return new CheckpointConfig(5, 1_000, Duration.ofSeconds(10));
  }
}
