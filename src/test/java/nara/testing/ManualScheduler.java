package nara.testing;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import nara.bus.Scheduler;

/**
 * Time that stands still until it is moved by hand, for one node or for many together.
 *
 * <p>What is due when it is moved is called in its order, each on its own context and after the one
 * before has returned. What those calls begin (a request, a message) goes on by itself: a test
 * waits for what it brings.
 */
public final class ManualScheduler implements Scheduler {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private record ScheduledAction(Instant at, long number, Context context, Runnable action) {}

  private final PriorityQueue<ScheduledAction> scheduled =
      new PriorityQueue<>(
          Comparator.comparing(ScheduledAction::at).thenComparing(ScheduledAction::number));
  private Instant now;
  private Duration clockError = Duration.ZERO;
  private long number;

  public ManualScheduler(Instant now) {
    this.now = now;
  }

  /** Begins at the machine's time, because other programs' clocks are compared with it. */
  public static ManualScheduler fromNow() {
    return new ManualScheduler(Instant.now());
  }

  @Override
  public synchronized Instant instant() {
    return now.plus(clockError);
  }

  /** Follows {@link #advance}. The nanoTime() of requests over real sockets is the machine's. */
  @Override
  public InstantSource steady() {
    return this::time;
  }

  /** Sets the clock that {@link #instant} reads, back or forward; no time passes. */
  public synchronized void setClock(Duration by) {
    clockError = clockError.plus(by);
  }

  @Override
  public synchronized TimerHandle schedule(Vertx vertx, Duration delay, Runnable action) {
    Context context = vertx.getOrCreateContext();
    if (delay.isNegative() || delay.isZero()) {
      boolean[] cancelled = new boolean[1];
      context.runOnContext(
          free -> {
            if (!cancelled[0]) {
              action.run();
            }
          });
      return () -> cancelled[0] = true;
    }
    ScheduledAction scheduledAction =
        new ScheduledAction(now.plus(delay), number++, context, action);
    scheduled.add(scheduledAction);
    return () -> cancel(scheduledAction);
  }

  private synchronized void cancel(ScheduledAction action) {
    scheduled.remove(action);
  }

  /**
   * Moves the hands, and returns when all that became due on the way was called.
   *
   * <p>Not to be called on an event loop.
   */
  public void advance(Duration by) {
    Instant end = time().plus(by);
    for (ScheduledAction action = next(end); action != null; action = next(end)) {
      runOnContext(action);
    }
    synchronized (this) {
      now = end;
    }
  }

  private synchronized Instant time() {
    return now;
  }

  private synchronized ScheduledAction next(Instant end) {
    ScheduledAction action = scheduled.peek();
    if (action == null || action.at.isAfter(end)) {
      return null;
    }
    now = action.at;
    return scheduled.poll();
  }

  /** When something will be called, in order: for the message of a test that waits in vain. */
  public synchronized List<Instant> pendingTimes() {
    return scheduled.stream().map(ScheduledAction::at).sorted().toList();
  }

  private static void runOnContext(ScheduledAction action) {
    CountDownLatch called = new CountDownLatch(1);
    action.context.runOnContext(
        on -> {
          try {
            action.action.run();
          } finally {
            called.countDown();
          }
        });
    try {
      if (!called.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("what was due at " + action.at + " did not return");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError(interrupted);
    }
  }
}
