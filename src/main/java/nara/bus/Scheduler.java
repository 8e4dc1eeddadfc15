package nara.bus;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The clock of a node, and timers by that clock: a test can replace both.
 *
 * <p>For the periods of the protocol: announcements, gossip rounds, opinion passes, recovery
 * retries. Timeouts of connections and requests are real time and use Vert.x timers.
 */
public interface Scheduler extends InstantSource {
  /** A timer that has not fired yet, or has. */
  interface TimerHandle {
    /** Cancels the timer; does nothing when it has fired. */
    void cancel();
  }

  /**
   * Runs the action once, on the caller's context, never within this call.
   *
   * @param delay zero or less: as soon as the context is free
   */
  TimerHandle schedule(Vertx vertx, Duration delay, Runnable action);

  /**
   * A clock for durations, in nanoseconds since any moment. Unlike {@link #instant}, nobody sets
   * it: it never goes back.
   */
  default long nanoTime() {
    return System.nanoTime();
  }

  /**
   * A clock for durations as instants. It begins at the current time and then follows {@link
   * #nanoTime}: its instants differ by the time that passed, however the system's clock is set. Do
   * not mix instants of two such clocks.
   */
  default InstantSource steady() {
    Instant began = instant();
    long start = nanoTime();
    return () -> began.plusNanos(nanoTime() - start);
  }

  /** The system clock and its timers. */
  static Scheduler system() {
    return of(InstantSource.system());
  }

  /** Another clock with the system's timers. */
  static Scheduler of(InstantSource clock) {
    return new Scheduler() {
      @Override
      public Instant instant() {
        return clock.instant();
      }

      @Override
      public TimerHandle schedule(Vertx vertx, Duration delay, Runnable action) {
        long timer = vertx.setTimer(Math.max(1, delay.toMillis()), fired -> action.run());
        return () -> vertx.cancelTimer(timer);
      }
    };
  }
}
