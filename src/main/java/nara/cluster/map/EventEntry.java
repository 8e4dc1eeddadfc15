package nara.cluster.map;

import java.util.Arrays;
import java.util.Base64;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Verdict;
import nara.identity.Hashing;
import nara.ledger.LedgerRequest.JudgedEvent;

/**
 * An event in the shared ledger's map. The key is the event's id, its verdict and a hash of its
 * bytes. Two forms of one id are therefore two entries, and an entry never changes. After a split
 * the union of both sides is right. The ledger decides which form is the better one.
 */
public final class EventEntry {
  public static final String LEDGER_MAP = "nara.ledger";

  /** Bytes of the SHA-256: enough to distinguish two forms of one id. */
  private static final int HASH_BYTES = 12;

  private static final Verdict[] VERDICTS = Verdict.values();

  private EventEntry() {}

  public static String key(JudgedEvent event) {
    byte[] hash = Arrays.copyOf(Hashing.sha256(event.event().json()), HASH_BYTES);
    String encodedHash = Base64.getUrlEncoder().encodeToString(hash);
    return event.event().id() + "." + event.verdict().ordinal() + "." + encodedHash;
  }

  /** The verdict, then the bytes as received. */
  public static byte[] value(JudgedEvent judgedEvent) {
    Event event = judgedEvent.event();
    byte[] value = new byte[event.json().length + 1];
    value[0] = (byte) judgedEvent.verdict().ordinal();
    System.arraycopy(event.json(), 0, value, 1, event.json().length);
    return value;
  }

  public static EventId id(String key) {
    return EventId.parse(key.substring(0, EventId.HEX_LENGTH)).orElseThrow();
  }

  public static Verdict verdict(byte[] value) {
    return VERDICTS[value[0]];
  }
}
