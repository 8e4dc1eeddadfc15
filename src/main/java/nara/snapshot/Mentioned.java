package nara.snapshot;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest.Judged;

/**
 * Whom some events mention, by name or by id: whose keys say what those events are worth.
 *
 * @param names of emitters and of those whom events are about
 * @param ids of emitters and of the voters of checkpoints
 */
record Mentioned(Set<String> names, Set<String> ids) {
  static Mentioned in(List<Judged> events) {
    Mentioned all = new Mentioned(new HashSet<>(), new HashSet<>());
    for (Judged judged : events) {
      Event event = judged.event();
      all.names.add(event.emitter());
      all.names.add(event.actor());
      all.names.add(event.target());
      all.ids.add(event.emitterId());
      if (event.payload() instanceof Checkpoint checkpoint) {
        all.ids.addAll(checkpoint.voterIds());
      }
    }
    all.names.remove("");
    all.ids.remove("");
    return all;
  }

  boolean has(Keyring.Entry entry) {
    return names.contains(entry.name()) || ids.contains(entry.id());
  }
}
