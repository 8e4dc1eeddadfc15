package nara.snapshot;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest.JudgedEvent;

/**
 * Whom some events mention, by name or by id: whose keys say what those events are worth.
 *
 * @param names of emitters and of those whom events are about
 * @param ids of emitters and of the voters of checkpoints
 */
record MentionedNaras(Set<String> names, Set<String> ids) {
  static MentionedNaras in(List<JudgedEvent> events) {
    MentionedNaras all = new MentionedNaras(new HashSet<>(), new HashSet<>());
    for (JudgedEvent judgedEvent : events) {
      Event event = judgedEvent.event();
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

  boolean contains(Keyring.KeyEntry keyEntry) {
    return names.contains(keyEntry.name()) || ids.contains(keyEntry.id());
  }
}
