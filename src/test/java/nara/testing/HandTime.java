package nara.testing;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import nara.bus.Time;

/**
 * Time that stands still until it is moved by hand, for one node or for many together.
 *
 * <p>What is due when it is moved is called in its order, each on its own context and after the one
 * before has returned. What those calls begin (a request, a message) goes on by itself: a test
 * waits for what it brings.
 */
public final class HandTime implements Time {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private record Due(Instant at, long number, Context context, Runnable action) {}

  private final PriorityQueue<Due> dues =
      new PriorityQueue<>(Comparator.comparing(Due::at).thenComparing(Due::number));
  private Instant now;
  private long number;

  public HandTime(Instant now) {
    this.now = now;
  }

  /** Begins at the machine's time, because other programs' clocks are compared with it. */
  public static HandTime fromNow() {
    return new HandTime(Instant.now());
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  @Override
  public synchronized Appointment after(Vertx vertx, Duration delay, Runnable action) {
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
    Due due = new Due(now.plus(delay), number++, context, action);
    dues.add(due);
    return () -> cancel(due);
  }

  private synchronized void cancel(Due due) {
    dues.remove(due);
  }

  /**
   * Moves the hands, and returns when all that became due on the way was called.
   *
   * <p>Not to be called on an event loop.
   */
  public void advance(Duration by) {
    Instant end = instant().plus(by);
    for (Due due = next(end); due != null; due = next(end)) {
      call(due);
    }
    synchronized (this) {
      now = end;
    }
  }

  private synchronized Due next(Instant end) {
    Due due = dues.peek();
    if (due == null || due.at.isAfter(end)) {
      return null;
    }
    now = due.at;
    return dues.poll();
  }

  /** When something will be called, in order: for the message of a test that waits in vain. */
  public synchronized List<Instant> dues() {
    return dues.stream().map(Due::at).sorted().toList();
  }

  private static void call(Due due) {
    CountDownLatch called = new CountDownLatch(1);
    due.context.runOnContext(
        on -> {
          try {
            due.action.run();
          } finally {
            called.countDown();
          }
        });
    try {
      if (!called.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("what was due at " + due.at + " did not return");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError(interrupted);
    }
  }
}
