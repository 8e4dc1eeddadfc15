package nara.ledger.index;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The stored events by the nara that signed them, every variant of an id. Adding and removing cost
 * O(1): the events of a signer are in no order.
 */
public final class SignerIndex {
  private final Map<String, List<StoredEvent>> bySigner = new HashMap<>();

  public void add(StoredEvent stored) {
    String signer = stored.event().signer();
    if (!signer.isEmpty()) {
      List<StoredEvent> signed = bySigner.computeIfAbsent(signer, s -> new ArrayList<>(1));
      stored.signerPosition = signed.size();
      signed.add(stored);
    }
  }

  public void remove(StoredEvent stored) {
    String signer = stored.event().signer();
    List<StoredEvent> signed = bySigner.get(signer);
    if (signed != null) {
      StoredEvent last = signed.removeLast();
      if (last != stored) {
        signed.set(stored.signerPosition, last);
        last.signerPosition = stored.signerPosition;
      }
      if (signed.isEmpty()) {
        bySigner.remove(signer);
      }
    }
  }

  /** The events of a signer in ascending (time, id); none for an unknown name. */
  public Stream<StoredEvent> eventsOf(String signer) {
    return bySigner.getOrDefault(signer, List.of()).stream()
        .sorted((a, b) -> StoredEvent.compare(a.event(), b.event()));
  }
}
