package nara.snapshot;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where and how often a node writes its ledger down.
 *
 * @param file where the snapshot lies; its directory exists
 * @param interval the time from one writing to the next; it is also written when the node stops
 */
public record SnapshotConfig(Path file, Duration interval) {
  /** How often, unless said otherwise: what a killed node then misses, its neighbours have. */
  public static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(10);
}
