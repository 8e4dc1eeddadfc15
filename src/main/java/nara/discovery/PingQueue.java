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
  private final int atOnce;
  private final Deque<Iterator<Target>> sources = new ArrayDeque<>();
  private int underWay;

  /**
   * An empty queue.
   *
   * @param atOnce how many pings may be under way
   */
  PingQueue(int atOnce) {
    if (atOnce < 1) {
      throw new IllegalArgumentException("at least one ping must be allowed, not " + atOnce);
    }
    this.atOnce = atOnce;
  }

  /** Adds a source; it is not looked into before its turn. */
  void add(Iterator<Target> targets) {
    sources.addLast(targets);
  }

  /** The next one to ping now, which then counts as under way until {@link #ended}. */
  Optional<Target> next() {
    while (underWay < atOnce && !sources.isEmpty()) {
      Iterator<Target> source = sources.removeFirst();
      if (source.hasNext()) {
        Target target = source.next();
        sources.addLast(source);
        underWay++;
        return Optional.of(target);
      }
    }
    return Optional.empty();
  }

  /** One of the pings under way has ended. */
  void ended() {
    if (underWay == 0) {
      throw new IllegalStateException("more pings ended than began");
    }
    underWay--;
  }

  /** Whether nothing is under way and nothing is left. */
  boolean idle() {
    sources.removeIf(source -> !source.hasNext());
    return underWay == 0 && sources.isEmpty();
  }
}
