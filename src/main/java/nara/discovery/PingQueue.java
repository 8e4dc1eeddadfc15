package nara.discovery;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/**
 * What is still to be pinged, and how many pings are under way: never more than allowed.
 *
 * <p>Sources are drawn from in turn, so a peer that the operator named does not wait behind sixty
 * thousand addresses of a scan, and a source that comes late is not last.
 */
final class PingQueue {
  private final int maxInFlight;
  private final Deque<Iterator<PingTarget>> sources = new ArrayDeque<>();
  private int inFlight;

  /**
   * An empty queue.
   *
   * @param maxInFlight how many pings may be under way
   */
  PingQueue(int maxInFlight) {
    if (maxInFlight < 1) {
      throw new IllegalArgumentException("at least one ping must be allowed, not " + maxInFlight);
    }
    this.maxInFlight = maxInFlight;
  }

  /** Adds a source; it is not looked into before its turn. */
  void addSource(Iterator<PingTarget> pingTargets) {
    sources.addLast(pingTargets);
  }

  /** The next one to ping now, which then counts as under way until {@link #pingEnded}. */
  Optional<PingTarget> next() {
    while (inFlight < maxInFlight && !sources.isEmpty()) {
      Iterator<PingTarget> source = sources.removeFirst();
      if (source.hasNext()) {
        PingTarget pingTarget = source.next();
        sources.addLast(source);
        inFlight++;
        return Optional.of(pingTarget);
      }
    }
    return Optional.empty();
  }

  /** One of the pings under way has ended. */
  void pingEnded() {
    if (inFlight == 0) {
      throw new IllegalStateException("more pings ended than began");
    }
    inFlight--;
  }

  /** Whether nothing is under way and nothing is left. */
  boolean isIdle() {
    sources.removeIf(source -> !source.hasNext());
    return inFlight == 0 && sources.isEmpty();
  }
}
