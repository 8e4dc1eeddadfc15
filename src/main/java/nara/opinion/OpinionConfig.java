package nara.opinion;

import java.time.Duration;

/**
 * When opinions form after a recovery. The reference's values are the defaults.
 *
 * @param passes how often opinions are formed in all, at least 1: the first at once
 * @param passInterval between two passes
 * @param timeout for the ledger to answer
 */
public record OpinionConfig(int passes, Duration passInterval, Duration timeout) {
  /** Six passes, half a minute apart. */
  public static OpinionConfig defaults() {
    return new OpinionConfig(6, Duration.ofSeconds(30), Duration.ofSeconds(30));
  }
}
