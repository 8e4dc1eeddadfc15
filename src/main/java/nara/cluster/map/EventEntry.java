package nara.cluster.map;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Verdict;
import nara.event.Voters;
import nara.event.Voters.Voter;
import nara.identity.Hashing;
import nara.identity.PublicKey;
import nara.ledger.LedgerRequest.JudgedEvent;

/**
 * An event in the shared ledger's map. The key is the event's id, its verdict and a hash of its
 * bytes; of a checkpoint whose votes were verified, also the valid voters. Two forms of one id are
 * therefore two entries, and so is a form with more voters. The ledger decides which form is the
 * better one, and unites the voters of one form.
 *
 * <p>An entry changes only when its event is retracted, and when a member verifies the event again.
 * So after a split the union of both sides is right. A retracted entry keeps the bytes, so that
 * each member can remove the event from its view, also one that was away. Pruning removes the
 * entry.
 *
 * <p>An earlier version reads all entries: it ignores voters, and takes a retracted event for a
 * malformed one.
 */
public final class EventEntry {
  public static final String LEDGER_MAP = "nara.ledger";

  private static final char SEPARATOR = '.';

  /** The parts of a key that say which form of which event it is. */
  private static final int FORM_PARTS = 3;

  /** Bytes of the SHA-256: enough to distinguish two forms of one id. */
  private static final int HASH_BYTES = 12;

  /** The last byte of a retracted value. No event's JSON ends with it. */
  private static final byte RETRACTED = 0;

  private static final Verdict[] VERDICTS = Verdict.values();

  /** Members find the same voters in different orders. */
  private static final Comparator<Voter> VOTERS =
      Comparator.comparing(Voter::name)
          .thenComparing(voter -> voter.key().bytes(), Arrays::compare);

  private EventEntry() {}

  public static String key(JudgedEvent event) {
    byte[] hash = Arrays.copyOf(Hashing.sha256(event.event().json()), HASH_BYTES);
    String form =
        event.event().id()
            + (SEPARATOR + "" + event.verdict().ordinal() + SEPARATOR)
            + Base64.getUrlEncoder().encodeToString(hash);
    return event.event().payload() instanceof Checkpoint && event.voters().examined()
        ? form + SEPARATOR + encoded(event.voters())
        : form;
  }

  /** The verdict, then the bytes as received. */
  public static byte[] value(JudgedEvent judgedEvent) {
    Event event = judgedEvent.event();
    byte[] value = new byte[event.json().length + 1];
    value[0] = (byte) judgedEvent.verdict().ordinal();
    System.arraycopy(event.json(), 0, value, 1, event.json().length);
    return value;
  }

  /** The value of an entry whose event no longer counts. */
  public static byte[] retractedValue(JudgedEvent event) {
    byte[] value = value(event);
    return Arrays.copyOf(value, value.length + 1);
  }

  public static boolean isRetracted(byte[] value) {
    return value.length > 0 && value[value.length - 1] == RETRACTED;
  }

  /** The length of the event's JSON, which begins at 1. */
  public static int jsonLength(byte[] value) {
    return value.length - (isRetracted(value) ? 2 : 1);
  }

  public static EventId id(String key) {
    return EventId.parse(key.substring(0, EventId.HEX_LENGTH)).orElseThrow();
  }

  public static Verdict verdict(byte[] value) {
    return VERDICTS[value[0]];
  }

  /** The part of a key that is the same for all entries of one form and verdict. */
  public static String form(String key) {
    int end = endOfForm(key);
    return end < 0 ? key : key.substring(0, end);
  }

  /** The valid voters of a checkpoint. */
  public static Voters voters(String key) {
    int end = endOfForm(key);
    if (end < 0) {
      return Voters.UNEXAMINED;
    }
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(key.substring(end + 1)));
    List<Voter> valid = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] publicKey = new byte[PublicKey.LENGTH];
      bytes.get(publicKey);
      byte[] name = new byte[Short.toUnsignedInt(bytes.getShort())];
      bytes.get(name);
      valid.add(new Voter(new String(name, StandardCharsets.UTF_8), PublicKey.of(publicKey)));
    }
    return Voters.of(valid);
  }

  /** Whether the other entry of the same form has all voters of this one. */
  public static boolean isCovered(String key, String by) {
    Voters voters = voters(by);
    return voters.plus(voters(key)) == voters;
  }

  private static int endOfForm(String key) {
    int end = -1;
    for (int part = 0; part < FORM_PARTS; part++) {
      end = key.indexOf(SEPARATOR, end + 1);
      if (end < 0) {
        return -1;
      }
    }
    return end;
  }

  private static String encoded(Voters voters) {
    List<Voter> sorted = voters.valid().stream().distinct().sorted(VOTERS).toList();
    List<byte[]> names =
        sorted.stream().map(voter -> voter.name().getBytes(StandardCharsets.UTF_8)).toList();
    int size = names.stream().mapToInt(name -> PublicKey.LENGTH + Short.BYTES + name.length).sum();
    ByteBuffer bytes = ByteBuffer.allocate(size);
    for (int i = 0; i < names.size(); i++) {
      bytes.put(sorted.get(i).key().bytes());
      bytes.putShort((short) names.get(i).length);
      bytes.put(names.get(i));
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }
}
