package nara.discovery;

import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import nara.bounds.RateLimiter;
import nara.bounds.SafeText;

/**
 * Logs one line when a neighbour comes, leaves or is lost. Others cause these lines, so their rate
 * is limited; the next line says how many were left out. Not thread-safe.
 */
final class NeighbourLog {
  /** Lines of each kind at once, and in a minute. */
  static final int MAX_LINES = 20;

  /** A change of a neighbour. */
  enum Change {
    CAME("A neighbour came"),
    LEFT("A neighbour left"),
    LOST("A neighbour is lost: it does not answer any more");

    private final String sentence;

    Change(String sentence) {
      this.sentence = sentence;
    }
  }

  private final Consumer<String> log;
  private final RateLimiter limiter;
  private final Map<Change, Integer> suppressed = new EnumMap<>(Change.class);

  NeighbourLog(Consumer<String> log, InstantSource steady) {
    this.log = log;
    this.limiter = RateLimiter.per(Duration.ofMinutes(1), MAX_LINES, steady);
  }

  void log(String name, Change change) {
    if (!limiter.tryAcquire(change.name())) {
      suppressed.merge(change, 1, Integer::sum);
      return;
    }
    Integer left = suppressed.remove(change);
    String line = change.sentence + "; name=" + SafeText.excerpt(name);
    log.accept(left == null ? line : line + " suppressed=" + left);
  }
}
