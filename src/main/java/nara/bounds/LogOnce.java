package nara.bounds;

import java.util.Collections;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Logs a problem that lasts, or comes from many peers, with one line: again only when it changed or
 * after it was {@linkplain #clear() over}. A line states how many were left out before it.
 *
 * <p>Not thread-safe.
 */
public final class LogOnce {
  private final Consumer<String> log;
  private final Set<String> logged;
  private long suppressed;

  /** Leaves out a problem that is the same as the one before it. */
  public LogOnce(Consumer<String> log) {
    this(log, 1);
  }

  /** Leaves out a problem that is one of the last {@code remembered} distinct ones. */
  public LogOnce(Consumer<String> log, int remembered) {
    this.log = log;
    this.logged = Collections.newSetFromMap(BoundedMap.fifo(remembered));
  }

  /** Logs the line unless it was logged already. */
  public void log(String line) {
    log(line, line);
  }

  /** Logs the line unless one of the same problem was logged already. */
  public void log(String problem, String line) {
    if (!logged.add(problem)) {
      suppressed++;
      return;
    }
    log.accept(suppressed == 0 ? line : line + " suppressed=" + suppressed);
    suppressed = 0;
  }

  /** The problems are over: the next one is logged, whatever it is. */
  public void clear() {
    logged.clear();
  }
}
