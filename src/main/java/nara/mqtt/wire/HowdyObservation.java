package nara.mqtt.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import nara.event.json.GoJson;

/**
 * What one nara observes of another, as howdies carry it. Unsigned: somebody's word.
 *
 * @param restarts how often it restarted
 * @param totalUptime how long it was online, in seconds
 * @param startTime when it first started, Unix seconds, 0 when unknown
 * @param onlineState ONLINE, OFFLINE, MISSING, or empty
 * @param lastSeen Unix seconds, 0 when unknown
 * @param lastRestart Unix seconds, 0 when unknown
 */
public record HowdyObservation(
    long restarts,
    long totalUptime,
    long startTime,
    String onlineState,
    long lastSeen,
    long lastRestart) {
  /** Nothing known. */
  public static final HowdyObservation NONE = new HowdyObservation(0, 0, 0, "", 0, 0);

  private static final String[] KEYS = {
    "restarts", "total_uptime", "start_time", "online", "last_seen", "last_restart"
  };

  /** One that was just heard, of whom nothing else is known. */
  public static HowdyObservation onlineAt(long seconds) {
    return new HowdyObservation(0, 0, 0, "ONLINE", seconds, 0);
  }

  static HowdyObservation read(JsonParser parser, JsonToken start) throws IOException {
    if (start == JsonToken.VALUE_NULL) {
      return NONE;
    }
    long[] n = new long[KEYS.length];
    String[] onlineState = {""};
    PlazaJson.readObject(
        parser,
        KEYS,
        (key, value) -> {
          if (key == 3) {
            onlineState[0] = PlazaJson.readString(parser, value, KEYS[key]);
          } else {
            n[key] = PlazaJson.readLong(parser, value, KEYS[key]);
          }
        });
    return new HowdyObservation(n[0], n[1], n[2], onlineState[0], n[4], n[5]);
  }

  void write(StringBuilder out) {
    int start = out.length();
    writeNumber(out, KEYS[0], restarts);
    writeNumber(out, KEYS[1], totalUptime);
    writeNumber(out, KEYS[2], startTime);
    if (!onlineState.isEmpty()) {
      GoJson.appendString(out.append(",\"online\":"), onlineState);
    }
    writeNumber(out, KEYS[4], lastSeen);
    writeNumber(out, KEYS[5], lastRestart);
    if (out.length() == start) {
      out.append('{');
    } else {
      out.setCharAt(start, '{');
    }
    out.append('}');
  }

  private static void writeNumber(StringBuilder out, String name, long value) {
    if (value != 0) {
      out.append(",\"").append(name).append("\":").append(value);
    }
  }
}
