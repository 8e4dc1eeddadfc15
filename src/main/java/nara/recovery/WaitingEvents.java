package nara.recovery;

import java.util.Comparator;
import java.util.Map;
import java.util.stream.Collectors;
import nara.bounds.SafeText;
import nara.trust.KeySearch.KeySearchResult;

/** The events that wait for keys after the key search, and what the report says of them. */
record WaitingEvents(KeySearchResult search) {
  /**
   * Whether so many events wait for keys that nobody gave that they count as not obtained. A few
   * such events show nothing: anybody can invent them. The report counts them in any case.
   *
   * @param obtained events that the recovery obtained
   */
  boolean lackKeys(long obtained) {
    long keyless = keyless();
    return keyless > RecoveryLimits.MAX_KEYLESS_SHARE * (obtained + keyless);
  }

  /** An event that waits for several keys counts once. */
  private long keyless() {
    long byName = search.keyless().values().stream().mapToLong(Integer::longValue).sum();
    return Math.min(byName, search.offerResult().quarantined());
  }

  String keylessReason() {
    long events = keyless();
    String names =
        search.keyless().entrySet().stream()
            .sorted(
                Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(RecoveryLimits.MAX_KEYLESS_NAMED)
            .map(entry -> SafeText.excerpt(entry.getKey()))
            .collect(Collectors.joining(", "));
    return "%,d %s for the keys of %s%s"
        .formatted(
            events,
            events == 1 ? "event waits" : "events wait",
            names,
            others(search.keyless().size() - RecoveryLimits.MAX_KEYLESS_NAMED));
  }

  String contestedReason() {
    String names =
        search.contested().keySet().stream()
            .sorted()
            .limit(RecoveryLimits.MAX_CONTESTED_NAMED)
            .map(SafeText::excerpt)
            .collect(Collectors.joining(", "));
    return "%,d events wait: the key of %s%s is contested; give the right one in trust.keys"
        .formatted(
            search.contested().values().stream().mapToInt(Integer::intValue).sum(),
            names,
            others(search.contested().size() - RecoveryLimits.MAX_CONTESTED_NAMED));
  }

  private static String others(int count) {
    return count > 0 ? " and %,d others".formatted(count) : "";
  }
}
