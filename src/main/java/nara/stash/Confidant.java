package nara.stash;

import java.time.Duration;
import java.time.Instant;
import nara.stash.wire.StashLimits;

/**
 * A nara that keeps this node's stash.
 *
 * @param id its nara id; the messages to it name it
 * @param confirmed the time of the content that it is known to hold, Unix seconds; 0 for none
 * @param missedChecks in a row
 * @param missedAt when the last of these was counted
 */
record Confidant(String name, String id, long confirmed, int missedChecks, Instant missedAt) {
  Confidant(String name, String id, long confirmed) {
    this(name, id, confirmed, 0, Instant.EPOCH);
  }

  Confidant holding(long writtenAt) {
    return new Confidant(name, id, writtenAt);
  }

  /** Counts a missed check, unless one was counted just before: passes may follow closely. */
  Confidant missed(Instant now) {
    boolean isCounted =
        Duration.between(missedAt, now).abs().compareTo(StashLimits.BETWEEN_MISSED_CHECKS) < 0;
    return isCounted ? this : new Confidant(name, id, confirmed, missedChecks + 1, now);
  }
}
