package nara.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for a condition that no event announces: it reads a value again and again. */
public final class Poll {
  private static final Duration PERIOD = Duration.ofMillis(50);

  private Poll() {}

  /**
   * Reads a value at intervals until it is as expected.
   *
   * @return that value
   * @throws AssertionError with the last value after the timeout
   */
  public static <T> T until(Duration timeout, Supplier<T> value, Predicate<T> expected) {
    long deadline = System.nanoTime() + timeout.toNanos();
    T current = value.get();
    while (!expected.test(current)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("still " + current + " after " + timeout);
      }
      LockSupport.parkNanos(PERIOD.toNanos());
      current = value.get();
    }
    return current;
  }

  /**
   * Reads a value at intervals until it has stayed the same for a while.
   *
   * @return that value
   */
  public static <T> T untilSteady(Duration timeout, Duration steady, Supplier<T> value) {
    AtSince<T> first = new AtSince<>(value.get(), System.nanoTime());
    long deadline = first.nanos + timeout.toNanos();
    while (System.nanoTime() - first.nanos < steady.toNanos()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not steady after " + timeout + ": " + first.value);
      }
      LockSupport.parkNanos(PERIOD.toNanos());
      T current = value.get();
      if (!current.equals(first.value)) {
        first = new AtSince<>(current, System.nanoTime());
      }
    }
    return first.value;
  }

  private record AtSince<T>(T value, long nanos) {}
}
