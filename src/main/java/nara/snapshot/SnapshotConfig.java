package nara.snapshot;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where and how often a node writes its snapshot.
 *
 * @param file in a directory that exists
 * @param interval between two snapshots; the node also writes one when it stops
 */
public record SnapshotConfig(Path file, Duration interval) {
  /** Peers still have the events that a killed node loses in this time. */
  public static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(10);
}
