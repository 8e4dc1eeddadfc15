package nara.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import java.util.Iterator;
import nara.log.LogConfig.LogLevel;
import org.slf4j.LoggerFactory;

/** Changes the log of this process. */
public final class LogSetup {
  private LogSetup() {}

  /** Sets the format and the levels. */
  public static void apply(LogConfig config) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      config.levels().forEach(LogSetup::setLevel);
      if (config.format() == LogConfig.Format.JSON) {
        Iterator<Appender<ILoggingEvent>> appenders =
            context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
        while (appenders.hasNext()) {
          if (appenders.next() instanceof OutputStreamAppender<ILoggingEvent> stream) {
            useJson(stream, context);
          }
        }
      }
    }
  }

  /** Sets the level of a logger and of those below it, until the process ends. */
  public static void setLevel(String logger, LogLevel level) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger(logger).setLevel(Level.valueOf(level.name()));
    }
  }

  private static void useJson(OutputStreamAppender<ILoggingEvent> appender, LoggerContext context) {
    PrintableJsonEncoder encoder = new PrintableJsonEncoder();
    encoder.setContext(context);
    encoder.start();
    appender.stop();
    appender.setEncoder(encoder);
    appender.start();
  }
}
