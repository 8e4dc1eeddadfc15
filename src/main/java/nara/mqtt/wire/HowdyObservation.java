package nara.mqtt.wire;

import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonWriter;

/**
 * One nara's observation of another, as howdies carry it. No signature covers it.
 *
 * @param restarts number of restarts
 * @param totalUptime seconds online
 * @param startTime of the first start, Unix seconds, 0 when unknown
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

  static final JsonFields FIELDS =
      JsonFields.inAnyCase()
          .numbers("restarts", "total_uptime", "start_time")
          .texts("online")
          .numbers("last_seen", "last_restart");

  /** An observation of a nara that was just seen, and of which nothing else is known. */
  public static HowdyObservation onlineAt(long seconds) {
    return new HowdyObservation(0, 0, 0, "ONLINE", seconds, 0);
  }

  static HowdyObservation of(JsonRecord json) {
    return new HowdyObservation(
        json.number("restarts"),
        json.number("total_uptime"),
        json.number("start_time"),
        json.text("online"),
        json.number("last_seen"),
        json.number("last_restart"));
  }

  void write(JsonWriter out) {
    out.optional("restarts", restarts)
        .optional("total_uptime", totalUptime)
        .optional("start_time", startTime)
        .optional("online", onlineState)
        .optional("last_seen", lastSeen)
        .optional("last_restart", lastRestart);
  }
}
