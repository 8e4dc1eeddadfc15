package nara.mqtt.wire;

import com.fasterxml.jackson.core.JsonToken;
import java.nio.charset.StandardCharsets;
import nara.event.json.GoJson;
import nara.identity.Identity;
import nara.identity.Personality;
import nara.presence.Profile;

/**
 * What a nara tells about itself in newspapers and howdies: the fields of the wire contract that
 * are of use here. Others (aura, coordinates, observations, the rest of the host's statistics) are
 * skipped.
 *
 * @param licensePlate a flag of its place, or empty
 * @param flair emoji, or empty
 * @param uptime in seconds, of its host or itself; 0 when not told. Its word weighs by it
 * @param chattiness 0 to 100: how often it speaks
 * @param buzz how much it hears
 * @param trend what it follows, or empty
 * @param trendEmoji its sign, or empty
 * @param personality its character
 * @param version of its software
 * @param publicUrl of its web page, or empty
 * @param publicKey its key as Base64, or empty
 * @param id its nara id, or empty
 * @param meshEnabled whether it is on the mesh
 * @param meshIp its mesh address, or empty
 * @param transportMode mqtt, gossip or hybrid, or empty
 * @param memoryMode short, medium or hog, or empty
 * @param memoryMaxEvents how many events it keeps, 0 when not told
 * @param eventStoreTotal how many it has, 0 when not told
 */
public record Status(
    String licensePlate,
    String flair,
    long uptime,
    long chattiness,
    long buzz,
    String trend,
    String trendEmoji,
    Personality personality,
    String version,
    String publicUrl,
    String publicKey,
    String id,
    boolean meshEnabled,
    String meshIp,
    String transportMode,
    String memoryMode,
    long memoryMaxEvents,
    long eventStoreTotal) {
  private static final String[] KEYS = {
    "LicensePlate",
    "Flair",
    "Trend",
    "TrendEmoji",
    "Version",
    "PublicUrl",
    "PublicKey",
    "ID",
    "MeshIP",
    "transport_mode",
    "memory_mode",
    "Chattiness",
    "Buzz",
    "memory_max_events",
    "event_store_total",
    "MeshEnabled",
    "Personality",
    "HostStats"
  };
  private static final int FIRST_NUMBER = 11;
  private static final int MESH_ENABLED = 15;
  private static final int PERSONALITY = 16;
  private static final String[] PERSONALITY_KEYS = {"Agreeableness", "Sociability", "Chill"};
  private static final String[] HOST_KEYS = {"Uptime"};

  /** The status of a node of this project, as far as it never changes. It follows no trend. */
  public static Status of(Identity me, String version, String meshAddress) {
    return new Status(
        "",
        "",
        0,
        0,
        0,
        "",
        "",
        me.personality(),
        version,
        "",
        me.keys().publicKey().encoded(),
        me.id(),
        !meshAddress.isEmpty(),
        meshAddress,
        "",
        "",
        0,
        0);
  }

  /** The same, with what changes, and with what its node is configured to be. */
  public Status withCurrent(
      Profile profile,
      long uptimeSeconds,
      int currentChattiness,
      int currentBuzz,
      long eventsHeld) {
    return new Status(
        licensePlate,
        flair,
        uptimeSeconds,
        currentChattiness,
        currentBuzz,
        trend,
        trendEmoji,
        personality,
        version,
        publicUrl,
        publicKey,
        id,
        meshEnabled,
        meshIp,
        profile.transportMode(),
        profile.memoryMode(),
        profile.memoryMaxEvents(),
        eventsHeld);
  }

  /**
   * Reads the JSON of a status.
   *
   * @throws PlazaJson.PlazaJsonException with a sentence when it is none
   */
  static Status read(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    String[] t = new String[FIRST_NUMBER];
    java.util.Arrays.fill(t, "");
    double[] n = new double[MESH_ENABLED - FIRST_NUMBER];
    boolean[] mesh = new boolean[1];
    long[] c = new long[PERSONALITY_KEYS.length];
    double[] uptime = new double[HOST_KEYS.length];
    return PlazaJson.read(
        bytes,
        0,
        bytes.length,
        parser -> {
          PlazaJson.readObject(
              parser,
              KEYS,
              (key, value) -> {
                if (key < FIRST_NUMBER) {
                  t[key] = PlazaJson.readString(parser, value, KEYS[key]);
                } else if (key < MESH_ENABLED) {
                  // Read as a real number: nothing hangs on them, and some write 1e3.
                  n[key - FIRST_NUMBER] = PlazaJson.readDouble(parser, value, KEYS[key]);
                } else if (key == MESH_ENABLED) {
                  mesh[0] = PlazaJson.readBoolean(value, KEYS[key]);
                } else if (value != JsonToken.VALUE_NULL && key == PERSONALITY) {
                  PlazaJson.readObject(
                      parser,
                      PERSONALITY_KEYS,
                      (trait, number) ->
                          c[trait] = PlazaJson.readLong(parser, number, PERSONALITY_KEYS[trait]));
                } else if (value != JsonToken.VALUE_NULL) {
                  PlazaJson.readObject(
                      parser,
                      HOST_KEYS,
                      (which, number) ->
                          uptime[which] = PlazaJson.readDouble(parser, number, HOST_KEYS[which]));
                }
              });
          return new Status(
              t[0],
              t[1],
              (long) Math.max(0, uptime[0]),
              (long) n[0],
              (long) n[1],
              t[2],
              t[3],
              new Personality((int) c[0], (int) c[1], (int) c[2]),
              t[4],
              t[5],
              t[6],
              t[7],
              mesh[0],
              t[8],
              t[9],
              t[10],
              (long) n[2],
              (long) n[3]);
        });
  }

  /** The JSON, with the fields in the reference's order. */
  public String json() {
    StringBuilder out = new StringBuilder(512).append('{');
    text(out, "LicensePlate", licensePlate);
    text(out.append(','), "Flair", flair);
    if (uptime != 0) {
      out.append(",\"HostStats\":{\"Uptime\":").append(uptime).append('}');
    }
    out.append(",\"Chattiness\":").append(chattiness).append(",\"Buzz\":").append(buzz);
    text(out.append(','), "Trend", trend);
    text(out.append(','), "TrendEmoji", trendEmoji);
    out.append(",\"Personality\":{\"Agreeableness\":")
        .append(personality.agreeableness())
        .append(",\"Sociability\":")
        .append(personality.sociability())
        .append(",\"Chill\":")
        .append(personality.chill())
        .append('}');
    text(out.append(','), "Version", version);
    text(out.append(','), "PublicUrl", publicUrl);
    text(out.append(','), "PublicKey", publicKey);
    text(out.append(','), "ID", id);
    out.append(",\"MeshEnabled\":").append(meshEnabled);
    text(out.append(','), "MeshIP", meshIp);
    if (!transportMode.isEmpty()) {
      text(out.append(','), "transport_mode", transportMode);
    }
    if (eventStoreTotal != 0) {
      out.append(",\"event_store_total\":").append(eventStoreTotal);
    }
    if (!memoryMode.isEmpty()) {
      text(out.append(','), "memory_mode", memoryMode);
    }
    if (memoryMaxEvents != 0) {
      out.append(",\"memory_max_events\":").append(memoryMaxEvents);
    }
    return out.append('}').toString();
  }

  private static void text(StringBuilder out, String name, String value) {
    GoJson.appendString(out.append('"').append(name).append("\":"), value);
  }
}
