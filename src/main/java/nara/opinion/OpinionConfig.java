package nara.opinion;

import java.time.Duration;

/**
 * When opinions form after a recovery. The defaults are the reference's values.
 *
 * @param passes how many passes there are, at least 1; the first one starts at once
 * @param passInterval between two passes
 * @param timeout of a request to the ledger
 * @param seedUrl of a list of opinions that the node reads at its start, or empty
 */
public record OpinionConfig(int passes, Duration passInterval, Duration timeout, String seedUrl) {
  public static OpinionConfig defaults() {
    return new OpinionConfig(6, Duration.ofSeconds(30), Duration.ofSeconds(30), "");
  }

  /** The same, with a list of opinions to begin with. */
  public OpinionConfig seededFrom(String url) {
    return new OpinionConfig(passes, passInterval, timeout, url);
  }

  /** Without the URL, whose query may contain a token. */
  @Override
  public String toString() {
    return "OpinionConfig[passes=%d, passInterval=%s, timeout=%s]"
        .formatted(passes, passInterval, timeout);
  }
}
