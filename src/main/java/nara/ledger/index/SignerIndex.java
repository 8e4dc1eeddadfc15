package nara.ledger.index;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** The stored events by the nara that signed them, every variant of an id. */
public final class SignerIndex {
  private final Map<String, SortedIndex> bySigner = new HashMap<>();

  public void add(StoredEvent stored) {
    String signer = stored.event().signer();
    if (!signer.isEmpty()) {
      bySigner.computeIfAbsent(signer, s -> new SortedIndex(EventOrder.BY_TIME)).add(stored);
    }
  }

  public void remove(StoredEvent stored) {
    String signer = stored.event().signer();
    SortedIndex signed = bySigner.get(signer);
    if (signed != null) {
      signed.remove(stored);
      if (signed.isEmpty()) {
        bySigner.remove(signer);
      }
    }
  }

  /** The events of a signer in ascending (time, id); none for an unknown name. */
  public Stream<StoredEvent> eventsOf(String signer) {
    SortedIndex signed = bySigner.get(signer);
    return signed == null ? Stream.empty() : signed.stream();
  }
}
