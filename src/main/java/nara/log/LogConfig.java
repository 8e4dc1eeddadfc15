package nara.log;

import java.util.Locale;
import java.util.Map;

/**
 * How a node logs.
 *
 * @param levels by logger, which is a package or a class; they override the command's level
 */
public record LogConfig(Format format, Map<String, LogLevel> levels) {
  /** Lines for a person, or one JSON object a line. */
  public enum Format {
    TEXT,
    JSON;

    /** The name in configuration. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The least severe lines that a logger writes. */
  public enum LogLevel {
    DEBUG,
    INFO,
    WARN,
    ERROR,
    OFF;

    /** The name in configuration. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Text, at the levels of the command. */
  public static LogConfig defaults() {
    return new LogConfig(Format.TEXT, Map.of());
  }

  /** Whether a name can be that of a logger. */
  public static boolean isLoggerName(String name) {
    return name.length() <= 200 && name.matches("[A-Za-z0-9_$]+(\\.[A-Za-z0-9_$]+)*");
  }
}
