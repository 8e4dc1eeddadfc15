package nara.web.reference;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.TreeMap;
import nara.coordinates.Coordinate;
import nara.identity.Personality;
import nara.profile.Aura;
import nara.profile.HostStats;
import nara.profile.Status;

/** The parts of a nara's status as the reference's pages show them. */
final class StatusFields {
  private StatusFields() {}

  /** The whole status in the reference's order, with the observations that no newspaper has. */
  static JsonObject of(Status status) {
    JsonObject published = new JsonObject(status.json());
    JsonObject all = new JsonObject();
    published.forEach(
        field -> {
          all.put(field.getKey(), field.getValue());
          if (field.getKey().equals("Buzz")) {
            all.putNull("Observations");
          }
        });
    return all;
  }

  static JsonObject of(Aura aura) {
    return new JsonObject().put("primary", aura.primary()).put("secondary", aura.secondary());
  }

  static JsonObject of(Personality traits) {
    return new JsonObject()
        .put("Agreeableness", traits.agreeableness())
        .put("Sociability", traits.sociability())
        .put("Chill", traits.chill());
  }

  static JsonObject of(HostStats host) {
    return new JsonObject()
        .put("Uptime", host.uptime())
        .put("LoadAvg", host.loadAvg())
        .put("MemAllocMB", host.memAllocMb())
        .put("MemSysMB", host.memSysMb())
        .put("MemHeapMB", host.memHeapMb())
        .put("MemStackMB", host.memStackMb())
        .put("NumGoroutines", host.goroutines())
        .put("NumGC", host.collections())
        .put("ProcCPUPercent", host.cpuPercent());
  }

  static JsonObject of(Coordinate place) {
    return new JsonObject()
        .put("x", place.x())
        .put("y", place.y())
        .put("height", place.height())
        .put("error", place.error());
  }

  /** Events by service; null while unknown. */
  static TreeMap<String, Object> eventsByService(Status status) {
    return status.eventStore().byService().isEmpty()
        ? null
        : new TreeMap<>(status.eventStore().byService());
  }

  /** A list for JSON: the reference writes null for none. */
  static JsonArray nullIfEmpty(JsonArray list) {
    return list.isEmpty() ? null : list;
  }
}
