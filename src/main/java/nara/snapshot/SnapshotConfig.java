package nara.snapshot;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where and how often a node writes its ledger down.
 *
 * @param file where the snapshot lies; its directory exists
 * @param every the time from one writing to the next; it is also written when the node stops
 */
public record SnapshotConfig(Path file, Duration every) {
  /** How often, unless said otherwise: what a killed node then misses, its neighbours have. */
  public static final Duration EVERY = Duration.ofMinutes(10);
}
