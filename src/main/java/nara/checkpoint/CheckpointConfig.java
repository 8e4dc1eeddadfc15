package nara.checkpoint;

import java.time.Duration;

/**
 * How checkpoints are fetched. The reference's values are the defaults.
 *
 * @param peersWanted how many peers that gave checkpoints are enough
 * @param pageSize events of one page
 * @param timeout of one request
 */
public record CheckpointConfig(int peersWanted, int pageSize, Duration timeout) {
  public static CheckpointConfig defaults() {
    return new CheckpointConfig(5, 1_000, Duration.ofSeconds(10));
  }
}
