package nara.bus;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * What time it is, and a call when some of it has passed: everything that a node does because of
 * the hour goes by this, so that a test can move the hands.
 *
 * <p>For the waits that belong to the network's manners: announcements, rounds of gossip, passes of
 * opinions, retries of a recovery. Deadlines of connections and answers are of the real world and
 * stay with Vert.x timers.
 */
public interface Scheduler extends InstantSource {
  /** Something that will be called. */
  interface TimerHandle {
    /** It will not be called any more; nothing happens when it was already. */
    void cancel();
  }

  /**
   * Calls once, on the context of the caller.
   *
   * @param vertx of the caller
   * @param delay from now on; nothing or less: as soon as the context is free, never at once
   */
  TimerHandle schedule(Vertx vertx, Duration delay, Runnable action);

  /** The machine's own. */
  static Scheduler system() {
    return of(InstantSource.system());
  }

  /** What that clock shows; the waits are the machine's. */
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
