package nara.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Bounds the lines of each logger in an interval. Peers, brokers and disks can cause lines without
 * end, and choose words in them. A warning or an error is written once, and again only when the
 * logger wrote something milder in between: the trouble was over. Of all lines of a logger, only
 * the first {@link #MAX_LINES} are written. The others are counted and told at the end of the
 * interval.
 *
 * <p>Not thread-safe.
 */
final class RepeatedLines {
  /** Lines of one logger in one interval. A recovery writes about ten. */
  static final int MAX_LINES = 60;

  private final Map<String, Lines> byLogger = new HashMap<>();

  /** What one logger wrote in this interval. */
  private static final class Lines {
    /** At most {@link #MAX_LINES}. */
    final Map<String, Trouble> troubles = new LinkedHashMap<>();

    int written;

    /** Lines that tell of no trouble. */
    int milder;

    /** Lines above the bound that repeat none of the known troubles. */
    long others;
  }

  private static final class Trouble {
    /** The milder lines before this one was written last. */
    int milderBefore;

    long leftOut;
  }

  /** Whether to write this line. Otherwise it is counted. */
  boolean admits(ILoggingEvent event) {
    if (!event.getLevel().isGreaterOrEqual(Level.INFO)) {
      return true;
    }
    Lines lines = byLogger.computeIfAbsent(event.getLoggerName(), first -> new Lines());
    boolean full = lines.written >= MAX_LINES;
    if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
      String text = text(event);
      Trouble known = lines.troubles.get(text);
      if (known != null && (full || known.milderBefore == lines.milder)) {
        known.leftOut++;
        return false;
      }
      if (!full) {
        lines.troubles.computeIfAbsent(text, first -> new Trouble()).milderBefore = lines.milder;
      }
    } else if (!full) {
      lines.milder++;
    }
    if (full) {
      lines.others++;
    } else {
      lines.written++;
    }
    return !full;
  }

  private static String text(ILoggingEvent event) {
    IThrowableProxy cause = event.getThrowableProxy();
    return cause == null
        ? event.getFormattedMessage()
        : event.getFormattedMessage() + " cause=" + cause.getClassName();
  }

  /**
   * Ends the interval.
   *
   * @param summary takes a logger and a sentence for each trouble that was repeated in it
   */
  void end(BiConsumer<String, String> summary) {
    byLogger.forEach(
        (logger, lines) -> {
          lines.troubles.forEach(
              (text, trouble) -> {
                if (trouble.leftOut > 0) {
                  summary.accept(
                      logger, "%s; it happened %d times more".formatted(text, trouble.leftOut));
                }
              });
          if (lines.others > 0) {
            summary.accept(
                logger,
                "Left out lines of this logger, which writes at most %d in %d min; count=%d"
                    .formatted(MAX_LINES, RepeatFilter.INTERVAL.toMinutes(), lines.others));
          }
        });
    byLogger.clear();
  }
}
