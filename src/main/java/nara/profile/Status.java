package nara.profile;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import nara.coordinates.Coordinate;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.Span;
import nara.event.json.JsonWriter;
import nara.identity.Identity;
import nara.identity.Personality;

/**
 * A nara's status in newspapers and howdies: all fields of the wire contract but the observations,
 * which newspapers do not have.
 *
 * @param chattiness 0 to 100: how often it publishes
 * @param buzz how much it receives
 * @param version of its software
 * @param publicUrl of its web page, or empty
 * @param publicKey as Base64, or empty
 * @param id its nara id, or empty
 * @param meshIp its mesh address, or empty
 * @param coordinate empty when it states none, or an impossible one
 * @param transportMode mqtt, gossip or hybrid, or empty
 */
public record Status(
    Look look,
    HostStats host,
    long chattiness,
    long buzz,
    Personality personality,
    String version,
    String publicUrl,
    String publicKey,
    String id,
    boolean meshEnabled,
    String meshIp,
    Optional<Coordinate> coordinate,
    String transportMode,
    EventStore eventStore,
    Memory memory,
    StashCounts stash) {
  private static final JsonFields FIELDS =
      JsonFields.inAnyCase()
          .texts("LicensePlate", "Flair")
          .object("HostStats", HostStats.FIELDS)
          // Real numbers, since some naras write 1e3 and nothing depends on these fields.
          .reals("Chattiness", "Buzz")
          .texts("Trend", "TrendEmoji")
          .object(
              "Personality",
              JsonFields.inAnyCase().numbers("Agreeableness", "Sociability", "Chill"))
          .object("Aura", JsonFields.inAnyCase().texts("primary", "secondary"))
          .texts("Version", "PublicUrl", "PublicKey", "ID")
          .flag("MeshEnabled")
          .texts("MeshIP")
          .objectSpan("coordinates")
          .texts("transport_mode")
          .reals("event_store_total")
          .objectSpan("event_store_by_service")
          .reals("event_store_critical")
          .texts("memory_mode")
          .reals(
              "memory_budget_mb",
              "memory_max_events",
              "stash_stored",
              "stash_bytes",
              "stash_confidants");

  /** The status of a nara that has not told any. */
  public static Status unknown() {
    return new Status(
        Look.NONE,
        HostStats.NONE,
        0,
        0,
        new Personality(0, 0, 0),
        "",
        "",
        "",
        "",
        false,
        "",
        Optional.empty(),
        "",
        EventStore.NONE,
        Memory.NONE,
        StashCounts.NONE);
  }

  /**
   * How a nara looks to others.
   *
   * @param licensePlate the emoji of its neighbourhood, or empty
   * @param flair some emojis, or empty
   * @param trend that it follows, or empty
   * @param trendEmoji of that trend, or empty
   */
  public record Look(
      String licensePlate, String flair, String trend, String trendEmoji, Aura aura) {
    /** Of a nara that does not tell. */
    public static final Look NONE = new Look("", "", "", "", Aura.NONE);
  }

  /**
   * Its memory; a size that is not known is 0.
   *
   * @param mode short, medium or hog, or empty
   * @param budgetMb megabytes
   * @param maxEvents the limit of its ledger
   */
  public record Memory(String mode, long budgetMb, long maxEvents) {
    /** Of a nara that does not tell. */
    public static final Memory NONE = new Memory("", 0, 0);
  }

  /**
   * Its stash and those that it keeps; 0 when unknown.
   *
   * @param stored how many stashes it keeps for others
   * @param bytes of these
   * @param confidants that keep its own
   */
  public record StashCounts(long stored, long bytes, long confidants) {
    /** Of a nara that does not tell. */
    public static final StashCounts NONE = new StashCounts(0, 0, 0);
  }

  /** A status with the fields that others need to reach and verify the nara. */
  public static Status of(Identity me, String version, String meshIp) {
    return new Status(
        Look.NONE,
        HostStats.NONE,
        0,
        0,
        me.personality(),
        version,
        "",
        me.keys().publicKey().encoded(),
        me.id(),
        !meshIp.isEmpty(),
        meshIp,
        Optional.empty(),
        "",
        EventStore.NONE,
        Memory.NONE,
        StashCounts.NONE);
  }

  /** Seconds, of its host or itself; 0 when unknown. Its observations weigh by it. */
  public long uptime() {
    return host.uptime();
  }

  /** The mode of its memory: short, medium or hog, or empty. */
  public String memoryMode() {
    return memory.mode();
  }

  /**
   * Reads the JSON of a status.
   *
   * @throws MalformedJsonException when it is none
   */
  public static Status read(String text) {
    byte[] json = text.getBytes(StandardCharsets.UTF_8);
    JsonRecord status = FIELDS.read(json);
    JsonRecord personality = status.object("Personality");
    JsonRecord aura = status.object("Aura");
    return new Status(
        new Look(
            status.text("LicensePlate"),
            status.text("Flair"),
            status.text("Trend"),
            status.text("TrendEmoji"),
            new Aura(aura.text("primary"), aura.text("secondary"))),
        HostStats.read(status.object("HostStats")),
        (long) status.real("Chattiness"),
        (long) status.real("Buzz"),
        new Personality(
            (int) personality.number("Agreeableness"),
            (int) personality.number("Sociability"),
            (int) personality.number("Chill")),
        status.text("Version"),
        status.text("PublicUrl"),
        status.text("PublicKey"),
        status.text("ID"),
        status.flag("MeshEnabled"),
        status.text("MeshIP"),
        bytes(json, status.span("coordinates")).flatMap(Coordinate::read),
        status.text("transport_mode"),
        EventStore.read(
            (long) status.real("event_store_total"),
            bytes(json, status.span("event_store_by_service")),
            (long) status.real("event_store_critical")),
        new Memory(
            status.text("memory_mode"),
            (long) status.real("memory_budget_mb"),
            (long) status.real("memory_max_events")),
        new StashCounts(
            (long) status.real("stash_stored"),
            (long) status.real("stash_bytes"),
            (long) status.real("stash_confidants")));
  }

  private static Optional<byte[]> bytes(byte[] json, Span span) {
    return Optional.ofNullable(span)
        .map(place -> place.text(json).getBytes(StandardCharsets.UTF_8));
  }

  /** The JSON, with the fields in the reference's order. */
  public String json() {
    JsonWriter out =
        JsonWriter.begin()
            .text("LicensePlate", look.licensePlate())
            .text("Flair", look.flair())
            .object("HostStats", host::write)
            .number("Chattiness", chattiness)
            .number("Buzz", buzz)
            .text("Trend", look.trend())
            .text("TrendEmoji", look.trendEmoji())
            .object(
                "Personality",
                traits ->
                    traits
                        .number("Agreeableness", personality.agreeableness())
                        .number("Sociability", personality.sociability())
                        .number("Chill", personality.chill()))
            .object(
                "Aura",
                colours ->
                    colours
                        .text("primary", look.aura().primary())
                        .text("secondary", look.aura().secondary()))
            .text("Version", version)
            .text("PublicUrl", publicUrl)
            .text("PublicKey", publicKey)
            .text("ID", id)
            .flag("MeshEnabled", meshEnabled)
            .text("MeshIP", meshIp);
    coordinate.ifPresent(place -> out.object("coordinates", place::write));
    out.optional("transport_mode", transportMode);
    eventStore.write(out);
    return out.optional("memory_mode", memory.mode())
        .optional("memory_budget_mb", memory.budgetMb())
        .optional("memory_max_events", memory.maxEvents())
        .optional("stash_stored", stash.stored())
        .optional("stash_bytes", stash.bytes())
        .optional("stash_confidants", stash.confidants())
        .end()
        .toString();
  }
}
