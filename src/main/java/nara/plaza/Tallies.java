package nara.plaza;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import nara.plaza.Heard.Reason;
import nara.plaza.PlazaRequest.PlazaCounts;

/** What was heard, by kind, and what was ignored, by reason: counted, not logged. */
final class Tallies {
  private final Map<Reason, Long> ignored = new EnumMap<>(Reason.class);
  private final Map<String, Long> heard = new TreeMap<>();

  void heard(String kind) {
    heard.merge(kind, 1L, Long::sum);
  }

  void ignored(Reason reason) {
    ignored.merge(reason, 1L, Long::sum);
  }

  PlazaCounts counts() {
    Map<String, Long> reasons = new TreeMap<>();
    ignored.forEach((reason, count) -> reasons.put(reason.label(), count));
    return new PlazaCounts(Map.copyOf(heard), reasons);
  }
}
