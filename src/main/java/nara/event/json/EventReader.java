package nara.event.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
import nara.bounds.SafeText;
import nara.event.EventId;
import nara.event.EventLimits;
import nara.event.ReadResult;

/**
 * Reads the JSON of one event, in one pass, within bounds.
 *
 * <p>Stricter than the reference where its leniency would let two nodes read one text differently:
 * a key given twice, or one that differs from a known one only in case, is refused. Unknown keys
 * are skipped, and survive in the bytes.
 *
 * <p>Stateless but for a cache of texts; safe for many threads at once.
 */
public final class EventReader {
  /** Where the digits of an id begin in an event that begins with its id. */
  public static final int ID_OFFSET = 7;

  private final StringInterner interner = new StringInterner();

  /** Reads an event that is alone in its array. */
  public ReadResult read(byte[] json) {
    return read(json, 0, json.length);
  }

  /**
   * Reads the event whose JSON object stands at the offset. The bytes are copied, so that a large
   * answer is not held by one of its events.
   */
  public ReadResult read(byte[] buffer, int offset, int length) {
    if (length > EventLimits.MAX_EVENT_BYTES) {
      return new ReadResult.Unreadable(
          "",
          "an event of " + length + " bytes, over the " + EventLimits.MAX_EVENT_BYTES + " allowed");
    }
    byte[] json = Arrays.copyOfRange(buffer, offset, offset + length);
    EventParser fields = new EventParser(json, interner);
    try (JsonParser parser = BoundedJson.parser(json, 0, json.length)) {
      fields.parse(parser);
      return fields.toReadResult();
    } catch (EventParser.InvalidEventException invalidEventException) {
      return new ReadResult.Unreadable(fields.claimedId(), invalidEventException.getMessage());
    } catch (JsonProcessingException broken) {
      return new ReadResult.Unreadable(
          fields.claimedId(), "not JSON: " + SafeText.excerpt(broken.getOriginalMessage()));
    } catch (IOException impossible) {
      throw new UncheckedIOException("reading from memory", impossible);
    }
  }

  /**
   * The id that the event at the offset claims, when it stands first and as 32 hex digits, the way
   * every node writes it. Lets a duplicate be recognised before anything else is parsed.
   */
  public static Optional<EventId> peekId(byte[] buffer, int offset, int length) {
    return startsWithId(buffer, offset, length)
        ? Optional.ofNullable(EventId.parse(buffer, offset + ID_OFFSET))
        : Optional.empty();
  }

  /**
   * Whether {@link #peekId} finds an id there: it begins {@link #ID_OFFSET} bytes from the offset.
   */
  public static boolean hasPeekableId(byte[] buffer, int offset, int length) {
    return startsWithId(buffer, offset, length) && EventId.isHex(buffer, offset + ID_OFFSET);
  }

  private static boolean startsWithId(byte[] buffer, int at, int length) {
    return length >= ID_OFFSET + EventId.HEX_LENGTH + 2
        && buffer[at] == '{'
        && buffer[at + 1] == '"'
        && buffer[at + 2] == 'i'
        && buffer[at + 3] == 'd'
        && buffer[at + 4] == '"'
        && buffer[at + 5] == ':'
        && buffer[at + 6] == '"'
        && buffer[at + ID_OFFSET + EventId.HEX_LENGTH] == '"';
  }
}
