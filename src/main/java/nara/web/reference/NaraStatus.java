package nara.web.reference;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * The status of a nara by its own word, with the reference's fields and types. A peer wrote it: a
 * field of another type counts as absent, and unknown fields are left out.
 */
final class NaraStatus {
  /** Entries of an object in a status: more observations or services than a network has. */
  private static final int MAX_ENTRIES = 1_000;

  private static final String[] HOST_STATS = {
    "Uptime",
    "LoadAvg",
    "MemAllocMB",
    "MemSysMB",
    "MemHeapMB",
    "MemStackMB",
    "NumGoroutines",
    "NumGC",
    "ProcCPUPercent"
  };
  private static final String[] OBSERVATION_NUMBERS_FIRST = {
    "restarts", "total_uptime", "start_time"
  };
  private static final String[] OBSERVATION_TEXTS = {"cluster_name", "cluster_emoji"};
  private static final String[] OBSERVATION_NUMBERS_LAST = {
    "last_ping_rtt", "avg_ping_rtt", "last_ping_time"
  };

  private final JsonObject json;

  private NaraStatus(JsonObject json) {
    this.json = json;
  }

  /** The status in a text; one without fields when it is none. */
  static NaraStatus read(String text) {
    try {
      return new NaraStatus(new JsonObject(text));
    } catch (DecodeException | ClassCastException none) {
      return new NaraStatus(new JsonObject());
    }
  }

  /** The same with values for texts that are absent or empty. */
  NaraStatus withDefaults(Map<String, String> texts) {
    JsonObject filled = json.copy();
    texts.forEach(
        (field, text) -> {
          if (text(field).isEmpty()) {
            filled.put(field, text);
          }
        });
    if (!(filled.getValue("MeshEnabled") instanceof Boolean)) {
      filled.put("MeshEnabled", filled.getValue("MeshIP") instanceof String ip && !ip.isEmpty());
    }
    return new NaraStatus(filled);
  }

  String text(String field) {
    return text(json, field);
  }

  private static String text(JsonObject object, String field) {
    return object.getValue(field) instanceof String text ? text : "";
  }

  Number number(String field) {
    return number(json, field);
  }

  /** Whole numbers stay whole; anything else is 0. */
  private static Number number(JsonObject object, String field) {
    return switch (object.getValue(field)) {
      case Integer whole -> whole;
      case Long whole -> whole;
      case Double real when Double.isFinite(real) ->
          real == Math.rint(real) && Math.abs(real) < 1L << 53 ? real.longValue() : (Number) real;
      case null, default -> 0;
    };
  }

  private static JsonObject object(JsonObject from, String field) {
    return switch (from.getValue(field)) {
      case JsonObject object when object.size() <= MAX_ENTRIES -> object;
      case null, default -> new JsonObject();
    };
  }

  /** Colours; empty while unknown. */
  JsonObject aura() {
    JsonObject aura = object(json, "Aura");
    return new JsonObject()
        .put("primary", text(aura, "primary"))
        .put("secondary", text(aura, "secondary"));
  }

  JsonObject personality() {
    JsonObject traits = object(json, "Personality");
    return numbers(traits, "Agreeableness", "Sociability", "Chill");
  }

  JsonObject hostStats() {
    return numbers(object(json, "HostStats"), HOST_STATS);
  }

  private static JsonObject numbers(JsonObject from, String... fields) {
    JsonObject numbers = new JsonObject();
    for (String field : fields) {
      numbers.put(field, number(from, field));
    }
    return numbers;
  }

  /** Vivaldi coordinates; null while unknown. */
  JsonObject coordinates() {
    return json.getValue("coordinates") instanceof JsonObject found
        ? numbers(found, "x", "y", "height", "error")
        : null;
  }

  /** Events in its ledger by service; null while unknown. */
  JsonObject eventsByService() {
    if (!(json.getValue("event_store_by_service") instanceof JsonObject)) {
      return null;
    }
    JsonObject counts = object(json, "event_store_by_service");
    JsonObject byService = new JsonObject();
    counts.fieldNames().stream()
        .sorted()
        .forEach(service -> byService.put(service, number(counts, service)));
    return byService;
  }

  /** What it says of others, by name; null when it says nothing. */
  JsonObject observations() {
    if (!(json.getValue("Observations") instanceof JsonObject)) {
      return null;
    }
    JsonObject given = object(json, "Observations");
    JsonObject observations = new JsonObject();
    given.fieldNames().stream()
        .sorted()
        .forEach(name -> observations.put(name, observation(object(given, name))));
    return observations;
  }

  private static JsonObject observation(JsonObject given) {
    JsonObject observation = new JsonObject();
    addNumbers(observation, given, OBSERVATION_NUMBERS_FIRST);
    addTexts(observation, given, "online");
    addNumbers(observation, given, "last_seen", "last_restart");
    addTexts(observation, given, OBSERVATION_TEXTS);
    addNumbers(observation, given, OBSERVATION_NUMBERS_LAST);
    return observation;
  }

  private static void addNumbers(JsonObject to, JsonObject from, String... fields) {
    for (String field : fields) {
      Number number = number(from, field);
      if (number.doubleValue() != 0) {
        to.put(field, number);
      }
    }
  }

  private static void addTexts(JsonObject to, JsonObject from, String... fields) {
    for (String field : fields) {
      String text = text(from, field);
      if (!text.isEmpty()) {
        to.put(field, text);
      }
    }
  }

  /** All fields in the reference's order; those with lower-case names only when known. */
  JsonObject all() {
    JsonObject all =
        new JsonObject()
            .put("LicensePlate", text("LicensePlate"))
            .put("Flair", text("Flair"))
            .put("HostStats", hostStats())
            .put("Chattiness", number("Chattiness"))
            .put("Buzz", number("Buzz"))
            .put("Observations", observations())
            .put("Trend", text("Trend"))
            .put("TrendEmoji", text("TrendEmoji"))
            .put("Personality", personality())
            .put("Aura", aura())
            .put("Version", text("Version"))
            .put("PublicUrl", text("PublicUrl"))
            .put("PublicKey", text("PublicKey"))
            .put("ID", text("ID"))
            .put("MeshEnabled", json.getValue("MeshEnabled") instanceof Boolean flag && flag)
            .put("MeshIP", text("MeshIP"));
    JsonObject coordinates = coordinates();
    if (coordinates != null) {
      all.put("coordinates", coordinates);
    }
    addTexts(all, json, "transport_mode");
    addNumbers(all, json, "event_store_total");
    JsonObject byService = eventsByService();
    if (byService != null && !byService.isEmpty()) {
      all.put("event_store_by_service", byService);
    }
    addNumbers(all, json, "event_store_critical");
    addTexts(all, json, "memory_mode");
    addNumbers(
        all,
        json,
        "memory_budget_mb",
        "memory_max_events",
        "stash_stored",
        "stash_bytes",
        "stash_confidants");
    return all;
  }

  /** A list for JSON: the reference writes null for none. */
  static JsonArray nullIfEmpty(JsonArray list) {
    return list.isEmpty() ? null : list;
  }
}
