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
  private static final byte[] NO_MESSAGE = {};

  private final Ledger ledger;

  LedgerReconciliation(Ledger ledger) {
    this.ledger = ledger;
  }

  ReconciliationStart start(long since) {
    long from = HashIndex.timestamp(Math.max(since, ledger.horizon()));
    HashIndex index = ledger.hashIndex();
    return new ReconciliationStart(Reconciliation.initiate(index, from), index.size());
  }

  ReconciliationResponse respond(byte[] message, int maxBytes) {
    try {
      return new ReconciliationResponse(
          Reconciliation.respond(ledger.hashIndex(), message, maxBytes), "");
    } catch (MalformedMessageException malformed) {
      return new ReconciliationResponse(NO_MESSAGE, malformed.getMessage());
    }
  }

  ReconciliationRound handleResponse(byte[] message, int maxBytes) {
    try {
      Reconciliation.RoundResult result =
          Reconciliation.handleResponse(ledger.hashIndex(), message, maxBytes);
      return new ReconciliationRound(
          result.nextMessage(), result.missing(), result.surplus().size(), "");
    } catch (MalformedMessageException malformed) {
      return new ReconciliationRound(Optional.empty(), List.of(), 0, malformed.getMessage());
    }
  }

  EventsByHash findByHash(List<ItemId> hashes, int maxBytes) {
    HashIndex index = ledger.hashIndex();
    List<Event> events = new ArrayList<>();
    long bytes = 0;
    int processed = 0;
    for (ItemId hash : hashes) {
      StoredEvent stored = index.get(hash);
      if (stored != null) {
        bytes += stored.event().json().length;
        if (bytes > maxBytes && !events.isEmpty()) {
          break;
        }
        events.add(stored.event());
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
