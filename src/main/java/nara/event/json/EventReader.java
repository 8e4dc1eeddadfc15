package nara.event.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Optional;
import nara.event.EventId;
import nara.event.EventLimits;
import nara.event.ReadResult;

/**
 * Reads the JSON of one event, in one pass, within {@link EventLimits}.
 *
 * <p>Stricter than the reference where two nodes could read one text differently; see {@link
 * JsonFields}. Unknown fields are skipped, and stay in the bytes.
 *
 * <p>Thread-safe; the only state is a cache of texts.
 */
public final class EventReader {
  /** Offset of the digits in an event that begins with its id. */
  public static final int ID_OFFSET = 7;

  private static final byte[] START = "{\"id\":\"".getBytes(UTF_8);

  private final StringInterner interner = new StringInterner();

  /** Reads an event that is alone in its bytes. */
  public ReadResult read(byte[] json) {
    return read(json, 0, json.length);
  }

  /**
   * Reads the event at the offset. Its bytes are copied, so that one event does not keep a large
   * response in memory.
   */
  public ReadResult read(byte[] buffer, int offset, int length) {
    if (length > EventLimits.MAX_EVENT_BYTES) {
      return tooLong(length);
    }
    return EventParser.parse(Arrays.copyOfRange(buffer, offset, offset + length), interner, true);
  }

  /**
   * Reads an event that this node verified before. The event keeps these very bytes, and what its
   * emitter signed is hashed only when somebody asks for it.
   */
  public ReadResult readVerified(byte[] json) {
    return json.length > EventLimits.MAX_EVENT_BYTES
        ? tooLong(json.length)
        : EventParser.parse(json, interner, false);
  }

  private static ReadResult tooLong(int length) {
    return new ReadResult.Unreadable(
        "",
        "an event of " + length + " bytes, over the " + EventLimits.MAX_EVENT_BYTES + " allowed");
  }

  /**
   * The id that the event at the offset claims, if the event begins with it as 32 hex digits, as
   * every node writes it. Recognises a duplicate before anything else is parsed.
   */
  public static Optional<EventId> peekId(byte[] buffer, int offset, int length) {
    return startsWithId(buffer, offset, length)
        ? Optional.ofNullable(EventId.parse(buffer, offset + ID_OFFSET))
        : Optional.empty();
  }

  /** Whether {@link #peekId} finds an id, {@link #ID_OFFSET} bytes after the offset. */
  public static boolean hasPeekableId(byte[] buffer, int offset, int length) {
    return startsWithId(buffer, offset, length) && EventId.isHex(buffer, offset + ID_OFFSET);
  }

  private static boolean startsWithId(byte[] buffer, int at, int length) {
    return length >= ID_OFFSET + EventId.HEX_LENGTH + 2
        && Arrays.equals(buffer, at, at + ID_OFFSET, START, 0, ID_OFFSET)
        && buffer[at + ID_OFFSET + EventId.HEX_LENGTH] == '"';
  }
}
