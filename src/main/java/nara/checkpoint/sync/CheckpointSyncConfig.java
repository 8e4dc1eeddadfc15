package nara.checkpoint.sync;

import java.time.Duration;
import nara.checkpoint.consensus.ConsensusConfig;

/**
 * How checkpoints are fetched, and how new ones are agreed on. The reference's values are the
 * defaults.
 *
 * @param peersWanted how many peers that gave checkpoints are enough
 * @param pageSize events of one page
 * @param timeout of one request
 * @param consensus how new ones are agreed on
 */
public record CheckpointSyncConfig(
    int peersWanted, int pageSize, Duration timeout, ConsensusConfig consensus) {
  /** With the reference's consensus. */
  public CheckpointSyncConfig(int peersWanted, int pageSize, Duration timeout) {
    this(peersWanted, pageSize, timeout, ConsensusConfig.defaults());
  }

  public static CheckpointSyncConfig defaults() {
    return new CheckpointSyncConfig(5, 1_000, Duration.ofSeconds(10));
  }
}
