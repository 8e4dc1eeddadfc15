package nara.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * Leaves out the lines that {@link RepeatedLines} does not admit, and writes what was left out
 * after the interval. {@code logback.xml} gives it to the appender, so it applies to all loggers,
 * those of libraries as well.
 */
public final class RepeatFilter extends Filter<ILoggingEvent> {
  static final Duration INTERVAL = Duration.ofMinutes(10);

  /** Marks the lines about those that were left out. */
  private static final Marker SUMMARY = MarkerFactory.getMarker("nara.log.summary");

  private final RepeatedLines lines = new RepeatedLines();
  private boolean scheduled;

  @Override
  public FilterReply decide(ILoggingEvent event) {
    if (event.getMarkerList() != null && event.getMarkerList().contains(SUMMARY)) {
      return FilterReply.NEUTRAL;
    }
    // Appenders filter before they lock.
    synchronized (lines) {
      if (!scheduled && getContext() != null) {
        scheduled = true;
        // A daemon thread.
        getContext()
            .getScheduledExecutorService()
            .schedule(this::endInterval, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
      }
      return lines.admits(event) ? FilterReply.NEUTRAL : FilterReply.DENY;
    }
  }

  /** Writes the summaries; the next line begins another interval. */
  void endInterval() {
    Map<String, String> summaries = new LinkedHashMap<>();
    synchronized (lines) {
      lines.end((logger, sentence) -> summaries.put(sentence, logger));
      scheduled = false;
    }
    if (getContext() instanceof LoggerContext loggers) {
      summaries.forEach((sentence, logger) -> loggers.getLogger(logger).warn(SUMMARY, sentence));
    }
  }
}
