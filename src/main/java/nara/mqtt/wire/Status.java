package nara.mqtt.wire;

import java.nio.charset.StandardCharsets;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.Span;
import nara.event.json.JsonWriter;
import nara.identity.Identity;
import nara.identity.Personality;

/**
 * A nara's status in newspapers and howdies: the fields of the wire contract that this project
 * uses.
 *
 * @param uptime seconds, of its host or itself; 0 when unknown. Its observations weigh by it
 * @param chattiness 0 to 100: how often it publishes
 * @param buzz how much it receives
 * @param version of its software
 * @param publicKey as Base64, or empty
 * @param id its nara id, or empty
 * @param meshIp its mesh address, or empty
 * @param transportMode mqtt, gossip or hybrid, or empty
 * @param memoryMode short, medium or hog, or empty
 * @param memoryMaxEvents the limit of its ledger, 0 when unknown
 * @param eventStoreTotal events in its ledger, 0 when unknown
 */
public record Status(
    long uptime,
    long chattiness,
    long buzz,
    Personality personality,
    String version,
    String publicKey,
    String id,
    boolean meshEnabled,
    String meshIp,
    String transportMode,
    String memoryMode,
    long memoryMaxEvents,
    long eventStoreTotal) {
  private static final JsonFields FIELDS =
      JsonFields.inAnyCase()
          .texts("LicensePlate", "Flair")
          .object("HostStats", JsonFields.inAnyCase().reals("Uptime"))
          // Real numbers, since some naras write 1e3 and nothing depends on these fields.
          .reals("Chattiness", "Buzz")
          .texts("Trend", "TrendEmoji")
          .object(
              "Personality",
              JsonFields.inAnyCase().numbers("Agreeableness", "Sociability", "Chill"))
          .texts("Version", "PublicUrl", "PublicKey", "ID")
          .flag("MeshEnabled")
          .texts("MeshIP", "transport_mode")
          .reals("event_store_total")
          .texts("memory_mode")
          .reals("memory_max_events");

  /** The part of this node's status that never changes. */
  public static Status of(Identity me, String version, String meshIp) {
    String key = me.keys().publicKey().encoded();
    boolean hasMesh = !meshIp.isEmpty();
    return new Status(
        0, 0, 0, me.personality(), version, key, me.id(), hasMesh, meshIp, "", "", 0, 0);
  }

  /** The same with the parts that depend on the configuration and on the moment. */
  public Status withCurrent(
      String ownTransportMode,
      String ownMemoryMode,
      long ownMemoryMaxEvents,
      long uptimeSeconds,
      int currentChattiness,
      int currentBuzz,
      long eventsHeld) {
    return new Status(
        uptimeSeconds,
        currentChattiness,
        currentBuzz,
        personality,
        version,
        publicKey,
        id,
        meshEnabled,
        meshIp,
        ownTransportMode,
        ownMemoryMode,
        ownMemoryMaxEvents,
        eventsHeld);
  }

  /** Reads the JSON of a status; the exception says why it is none. */
  static Status read(String json) {
    JsonRecord status = FIELDS.read(json.getBytes(StandardCharsets.UTF_8));
    JsonRecord personality = status.object("Personality");
    return new Status(
        (long) Math.max(0, status.object("HostStats").real("Uptime")),
        (long) status.real("Chattiness"),
        (long) status.real("Buzz"),
        new Personality(
            (int) personality.number("Agreeableness"),
            (int) personality.number("Sociability"),
            (int) personality.number("Chill")),
        status.text("Version"),
        status.text("PublicKey"),
        status.text("ID"),
        status.flag("MeshEnabled"),
        status.text("MeshIP"),
        status.text("transport_mode"),
        status.text("memory_mode"),
        (long) status.real("memory_max_events"),
        (long) status.real("event_store_total"));
  }

  /** The text of a status inside a message, which must have one. */
  static String text(byte[] message, Span status) {
    if (status == null) {
      throw new MalformedJsonException("no status");
    }
    return status.text(message);
  }

  /** The JSON, with the fields in the reference's order; a node has no plate, flair or trend. */
  public String json() {
    JsonWriter out = JsonWriter.begin().text("LicensePlate", "").text("Flair", "");
    if (uptime != 0) {
      out.object("HostStats", host -> host.number("Uptime", uptime));
    }
    return out.number("Chattiness", chattiness)
        .number("Buzz", buzz)
        .text("Trend", "")
        .text("TrendEmoji", "")
        .object(
            "Personality",
            traits ->
                traits
                    .number("Agreeableness", personality.agreeableness())
                    .number("Sociability", personality.sociability())
                    .number("Chill", personality.chill()))
        .text("Version", version)
        .text("PublicUrl", "")
        .text("PublicKey", publicKey)
        .text("ID", id)
        .flag("MeshEnabled", meshEnabled)
        .text("MeshIP", meshIp)
        .optional("transport_mode", transportMode)
        .optional("event_store_total", eventStoreTotal)
        .optional("memory_mode", memoryMode)
        .optional("memory_max_events", memoryMaxEvents)
        .end()
        .toString();
  }
}
