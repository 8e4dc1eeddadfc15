package nara.web.reference;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.TreeMap;
import nara.coordinates.Coordinate;
import nara.identity.Personality;
import nara.profile.Aura;
import nara.profile.HostStats;
import nara.profile.Status;

/** The parts of a nara's status as the reference's pages show them. */
final class StatusFields {
  private StatusFields() {}

  /** The whole status in the reference's order. Newspapers have no observations. */
  static JsonObject of(Status status) {
    return of(status, new JsonObject());
  }

  /** The same with the observations of this node. */
  static JsonObject of(Status status, JsonObject observations) {
    JsonObject published = new JsonObject(status.json());
    JsonObject all = new JsonObject();
    published.forEach(
        field -> {
          all.put(field.getKey(), field.getValue());
          if (field.getKey().equals("Buzz")) {
            all.put("Observations", observations);
          }
        });
    return all;
  }

  /** This node's view of each nara, by name. As in the reference, what is unknown is left out. */
  static JsonObject observations(List<KnownNara> naras) {
    JsonObject observations = new JsonObject();
    for (KnownNara nara : naras) {
      JsonObject observation = new JsonObject();
      putIfKnown(observation, "restarts", nara.restarts());
      putIfKnown(observation, "start_time", nara.startTime());
      if (!nara.online().isEmpty()) {
        observation.put("online", nara.online());
      }
      putIfKnown(observation, "last_seen", nara.lastSeen());
      putIfKnown(observation, "last_restart", nara.lastRestart());
      observations.put(nara.name(), observation);
    }
    return observations;
  }

  private static void putIfKnown(JsonObject object, String key, long value) {
    if (value != 0) {
      object.put(key, value);
    }
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
