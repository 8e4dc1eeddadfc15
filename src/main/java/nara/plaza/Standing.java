package nara.plaza;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import nara.event.GoJson;

/**
 * What one nara observes of another, as howdies carry it. Unsigned: somebody's word.
 *
 * @param restarts how often it restarted
 * @param totalUptime how long it was online, in seconds
 * @param startTime when it first started, Unix seconds, 0 when unknown
 * @param online ONLINE, OFFLINE, MISSING, or empty
 * @param lastSeen Unix seconds, 0 when unknown
 * @param lastRestart Unix seconds, 0 when unknown
 */
public record Standing(
    long restarts,
    long totalUptime,
    long startTime,
    String online,
    long lastSeen,
    long lastRestart) {
  /** Nothing known. */
  public static final Standing NONE = new Standing(0, 0, 0, "", 0, 0);

  private static final String[] KEYS = {
    "restarts", "total_uptime", "start_time", "online", "last_seen", "last_restart"
  };

  /** One that was just heard, of whom nothing else is known. */
  public static Standing heardAt(long seconds) {
    return new Standing(0, 0, 0, "ONLINE", seconds, 0);
  }

  static Standing read(JsonParser parser, JsonToken start) throws IOException {
    if (start == JsonToken.VALUE_NULL) {
      return NONE;
    }
    long[] n = new long[KEYS.length];
    String[] online = {""};
    PlazaJson.object(
        parser,
        KEYS,
        (key, value) -> {
          if (key == 3) {
            online[0] = PlazaJson.text(parser, value, KEYS[key]);
          } else {
            n[key] = PlazaJson.whole(parser, value, KEYS[key]);
          }
        });
    return new Standing(n[0], n[1], n[2], online[0], n[4], n[5]);
  }

  void write(StringBuilder out) {
    int start = out.length();
    number(out, KEYS[0], restarts);
    number(out, KEYS[1], totalUptime);
    number(out, KEYS[2], startTime);
    if (!online.isEmpty()) {
      GoJson.text(out.append(",\"online\":"), online);
    }
    number(out, KEYS[4], lastSeen);
    number(out, KEYS[5], lastRestart);
    if (out.length() == start) {
      out.append('{');
    } else {
      out.setCharAt(start, '{');
    }
    out.append('}');
  }

  private static void number(StringBuilder out, String name, long value) {
    if (value != 0) {
      out.append(",\"").append(name).append("\":").append(value);
    }
  }
}
