package nara.mqtt;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import nara.mqtt.PlazaRequest.PlazaCounts;
import nara.mqtt.wire.PlazaMessage.IgnoreReason;

/** What was heard, by kind, and what was ignored, by reason: counted, not logged. */
final class PlazaCounters {
  private final Map<IgnoreReason, Long> ignored = new EnumMap<>(IgnoreReason.class);
  private final Map<String, Long> handled = new TreeMap<>();

  void countHandled(String kind) {
    handled.merge(kind, 1L, Long::sum);
  }

  void countIgnored(IgnoreReason ignoreReason) {
    ignored.merge(ignoreReason, 1L, Long::sum);
  }

  PlazaCounts counts() {
    Map<String, Long> reasons = new TreeMap<>();
    ignored.forEach((ignoreReason, count) -> reasons.put(ignoreReason.label(), count));
    return new PlazaCounts(Map.copyOf(handled), reasons);
  }
}
