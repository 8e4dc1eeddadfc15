package nara.discovery;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/**
 * The addresses to ping, with a limit of pings in flight. Sources take turns: a configured peer
 * does not wait behind sixty thousand addresses of a scan.
 */
final class PingQueue {
  private final int maxInFlight;
  private final Deque<Iterator<PingTarget>> sources = new ArrayDeque<>();
  private int inFlight;

  PingQueue(int maxInFlight) {
    if (maxInFlight < 1) {
      throw new IllegalArgumentException(
          "the limit of pings in flight must be at least 1, got " + maxInFlight);
    }
    this.maxInFlight = maxInFlight;
  }

  /** Adds a source; it is read only when its turn comes. */
  void addSource(Iterator<PingTarget> pingTargets) {
    sources.addLast(pingTargets);
  }

  /** The next address to ping now; the ping is in flight until {@link #pingEnded}. */
  Optional<PingTarget> next() {
    while (inFlight < maxInFlight && !sources.isEmpty()) {
      Iterator<PingTarget> source = sources.removeFirst();
      if (source.hasNext()) {
        PingTarget target = source.next();
        sources.addLast(source);
        inFlight++;
        return Optional.of(target);
      }
    }
    return Optional.empty();
  }

  void pingEnded() {
    if (inFlight == 0) {
      throw new IllegalStateException("no ping is in flight");
    }
    inFlight--;
  }

  /** Whether no ping is in flight and none is left. */
  boolean isIdle() {
    sources.removeIf(source -> !source.hasNext());
    return inFlight == 0 && sources.isEmpty();
  }
}
