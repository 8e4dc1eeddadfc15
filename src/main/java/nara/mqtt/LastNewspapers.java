package nara.mqtt;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The last status that each nara published in a newspaper, as it signed it. Anybody can make names
 * and keys, so the texts have a bound in all: the nara that was silent for longest goes first. Not
 * thread-safe.
 */
final class LastNewspapers {
  private final Map<String, String> statuses = new LinkedHashMap<>();
  private int bytes;

  /** Keeps a status. One that is too large replaces the earlier one by nothing. */
  void put(String name, String statusJson) {
    remove(name);
    int size = size(name, statusJson);
    if (size > MqttLimits.MAX_STATUS_BYTES) {
      return;
    }
    statuses.put(name, statusJson);
    bytes += size;
    while (bytes > MqttLimits.MAX_STATUSES_BYTES) {
      remove(statuses.keySet().iterator().next());
    }
  }

  private void remove(String name) {
    String removed = statuses.remove(name);
    bytes -= removed == null ? 0 : size(name, removed);
  }

  private static int size(String name, String statusJson) {
    return name.getBytes(StandardCharsets.UTF_8).length
        + statusJson.getBytes(StandardCharsets.UTF_8).length;
  }

  /** The JSON of each status by name. */
  Map<String, String> byName() {
    return Map.copyOf(statuses);
  }
}
