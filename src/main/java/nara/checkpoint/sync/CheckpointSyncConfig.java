package nara.checkpoint.sync;

import java.time.Duration;

/**
 * How a node fetches checkpoints from its neighbours. The defaults are the reference's values.
 *
 * @param peersWanted a sync ends when this many peers have contributed checkpoints
 * @param pageSize events per page
 * @param timeout of one request
 */
public record CheckpointSyncConfig(int peersWanted, int pageSize, Duration timeout) {
  public static CheckpointSyncConfig defaults() {
    return new CheckpointSyncConfig(5, 1_000, Duration.ofSeconds(10));
  }
}
