package nara.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nara.event.Event;
import nara.ledger.LedgerRequest.FirstMessage;
import nara.ledger.LedgerRequest.FoundByHash;
import nara.ledger.LedgerRequest.LackingHashes;
import nara.ledger.LedgerRequest.ReconcilingAnswer;
import nara.ledger.LedgerRequest.ReconcilingStep;
import nara.reconcile.BadMessage;
import nara.reconcile.ItemId;
import nara.reconcile.Reconciliation;

/** A ledger as one side of a reconciliation. */
final class Reconciling {
  private static final byte[] NOTHING = {};

  private final Ledger ledger;

  Reconciling(Ledger ledger) {
    this.ledger = ledger;
  }

  FirstMessage begin(long since) {
    long from = HashIndex.timeOf(Math.max(since, ledger.horizon()));
    HashIndex index = ledger.hashes();
    return new FirstMessage(Reconciliation.begin(index, from), index.size());
  }

  ReconcilingAnswer answer(byte[] message, int mostBytes) {
    try {
      return new ReconcilingAnswer(Reconciliation.answer(ledger.hashes(), message, mostBytes), "");
    } catch (BadMessage bad) {
      return new ReconcilingAnswer(NOTHING, bad.getMessage());
    }
  }

  ReconcilingStep goOn(byte[] message, int mostBytes) {
    try {
      Reconciliation.Step step = Reconciliation.goOn(ledger.hashes(), message, mostBytes);
      return new ReconcilingStep(step.next(), step.lacking(), step.surplus().size(), "");
    } catch (BadMessage bad) {
      return new ReconcilingStep(Optional.empty(), List.of(), 0, bad.getMessage());
    }
  }

  FoundByHash find(List<ItemId> hashes, int mostBytes) {
    HashIndex index = ledger.hashes();
    List<Event> events = new ArrayList<>();
    long bytes = 0;
    int settled = 0;
    for (ItemId hash : hashes) {
      Held held = index.get(hash);
      if (held != null) {
        bytes += held.event().json().length;
        if (bytes > mostBytes && !events.isEmpty()) {
          break;
        }
        events.add(held.event());
      }
      settled++;
    }
    return new FoundByHash(events, settled);
  }

  LackingHashes notHeld(List<ItemId> hashes) {
    HashIndex index = ledger.hashes();
    return new LackingHashes(hashes.stream().filter(hash -> index.get(hash) == null).toList());
  }
}
