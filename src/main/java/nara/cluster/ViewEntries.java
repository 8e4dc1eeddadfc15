package nara.cluster;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nara.cluster.map.EventEntry;
import nara.ledger.LedgerRequest.JudgedEvent;

/** The stored events of a view, as entries of the shared map. */
final class ViewEntries {
  private final Map<String, JudgedEvent> byKey = new HashMap<>();

  /** The keys that name voters, by form. */
  private final Map<String, String> keysWithVoters = new HashMap<>();

  ViewEntries(List<JudgedEvent> events) {
    for (JudgedEvent event : events) {
      String key = EventEntry.key(event);
      byKey.put(key, event);
      String form = EventEntry.form(key);
      if (form.length() < key.length()) {
        keysWithVoters.put(form, key);
      }
    }
  }

  /** The events by their keys. */
  Map<String, JudgedEvent> byKey() {
    return byKey;
  }

  /** Whether the view has the event of an entry, and of a checkpoint all its voters. */
  boolean contains(String key) {
    if (byKey.containsKey(key)) {
      return true;
    }
    String held = keysWithVoters.get(EventEntry.form(key));
    return held != null && EventEntry.isCovered(key, held);
  }
}
