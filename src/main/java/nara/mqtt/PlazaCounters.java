package nara.mqtt;

import java.util.Map;
import java.util.TreeMap;
import nara.mqtt.PlazaRequest.PlazaCounts;
import nara.mqtt.wire.PlazaMessage.IgnoreReason;

/** Counts handled messages by kind and ignored ones by reason. They are not logged. */
final class PlazaCounters {
  private final Map<String, Long> handled = new TreeMap<>();
  private final Map<String, Long> ignored = new TreeMap<>();

  void countHandled(String kind) {
    handled.merge(kind, 1L, Long::sum);
  }

  void countIgnored(IgnoreReason reason) {
    ignored.merge(reason.label(), 1L, Long::sum);
  }

  PlazaCounts counts() {
    return new PlazaCounts(Map.copyOf(handled), new TreeMap<>(ignored));
  }
}
