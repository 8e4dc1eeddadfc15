package nara.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nara.event.Event;
import nara.ledger.LedgerRequest.EventsByHash;
import nara.ledger.LedgerRequest.MissingHashes;
import nara.ledger.LedgerRequest.ReconciliationResponse;
import nara.ledger.LedgerRequest.ReconciliationRound;
import nara.ledger.LedgerRequest.ReconciliationStart;
import nara.ledger.index.HashIndex;
import nara.ledger.index.StoredEvent;
import nara.negentropy.ItemId;
import nara.negentropy.MalformedMessageException;
import nara.negentropy.Reconciliation;

/** A ledger as one side of a reconciliation. */
final class LedgerReconciliation {
  private static final byte[] NOTHING = {};

  private final Ledger ledger;

  LedgerReconciliation(Ledger ledger) {
    this.ledger = ledger;
  }

  ReconciliationStart start(long since) {
    long from = HashIndex.timeOf(Math.max(since, ledger.horizon()));
    HashIndex index = ledger.hashIndex();
    return new ReconciliationStart(Reconciliation.initiate(index, from), index.size());
  }

  ReconciliationResponse respond(byte[] message, int maxBytes) {
    try {
      return new ReconciliationResponse(
          Reconciliation.respond(ledger.hashIndex(), message, maxBytes), "");
    } catch (MalformedMessageException bad) {
      return new ReconciliationResponse(NOTHING, bad.getMessage());
    }
  }

  ReconciliationRound handleResponse(byte[] message, int maxBytes) {
    try {
      Reconciliation.RoundResult roundResult =
          Reconciliation.handleResponse(ledger.hashIndex(), message, maxBytes);
      return new ReconciliationRound(
          roundResult.nextMessage(), roundResult.missing(), roundResult.surplus().size(), "");
    } catch (MalformedMessageException bad) {
      return new ReconciliationRound(Optional.empty(), List.of(), 0, bad.getMessage());
    }
  }

  EventsByHash findByHash(List<ItemId> hashes, int maxBytes) {
    HashIndex index = ledger.hashIndex();
    List<Event> events = new ArrayList<>();
    long bytes = 0;
    int processed = 0;
    for (ItemId hash : hashes) {
      StoredEvent storedEvent = index.get(hash);
      if (storedEvent != null) {
        bytes += storedEvent.event().json().length;
        if (bytes > maxBytes && !events.isEmpty()) {
          break;
        }
        events.add(storedEvent.event());
      }
      processed++;
    }
    return new EventsByHash(events, processed);
  }

  MissingHashes missingHashes(List<ItemId> hashes) {
    HashIndex index = ledger.hashIndex();
    return new MissingHashes(hashes.stream().filter(hash -> index.get(hash) == null).toList());
  }
}
