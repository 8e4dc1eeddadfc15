package nara.simulation.machine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The time of a simulated network, and all that is to run at some moment of it. One thread runs
 * everything, in an order that depends on nothing but what was scheduled.
 *
 * <p>Work takes no time. Time passes when nothing is left to run now.
 */
public final class VirtualTime {
  private record Entry(long at, long number, Runnable action) {}

  private final Thread thread = Thread.currentThread();
  private final Deque<Runnable> ready = new ArrayDeque<>();
  private final PriorityQueue<Entry> later =
      new PriorityQueue<>(Comparator.comparingLong(Entry::at).thenComparingLong(Entry::number));
  private final List<SimulatedLoop> loops = new ArrayList<>();
  private long now = 1_000_000_000L;
  private long number;
  private long steps;

  /** Nanoseconds since a moment that has no meaning. */
  public long nanos() {
    return now;
  }

  /** The actions that have run so far. */
  public long steps() {
    return steps;
  }

  boolean isItsThread() {
    return Thread.currentThread() == thread;
  }

  void add(SimulatedLoop loop) {
    loops.add(loop);
  }

  void remove(SimulatedLoop loop) {
    loops.remove(loop);
  }

  /** Runs an action as soon as all earlier ones have run. */
  void runSoon(Runnable action) {
    ready.add(action);
  }

  /** Runs an action after a delay in nanoseconds. */
  public void runAfter(long delay, Runnable action) {
    later.add(new Entry(now + Math.max(0, delay), number++, action));
  }

  /** Runs what is due now, or moves to the next moment at which something is. */
  public void step() {
    Runnable next = ready.poll();
    if (next == null) {
      advance();
      return;
    }
    steps++;
    next.run();
  }

  /** The next moment at which something runs; {@link Long#MAX_VALUE} when nothing is left. */
  public long nextMoment() {
    return ready.isEmpty() ? nextTimer() : now;
  }

  private long nextTimer() {
    Entry first = later.peek();
    long next = first == null ? Long.MAX_VALUE : first.at;
    for (SimulatedLoop loop : loops) {
      next = Math.min(next, loop.nextTimer());
    }
    return next;
  }

  private void advance() {
    long next = nextTimer();
    if (next == Long.MAX_VALUE) {
      return;
    }
    now = Math.max(now, next);
    for (Entry first = later.peek(); first != null && first.at <= now; first = later.peek()) {
      ready.add(later.poll().action);
    }
    for (SimulatedLoop loop : loops) {
      loop.collectDueTimers(ready);
    }
  }
}
