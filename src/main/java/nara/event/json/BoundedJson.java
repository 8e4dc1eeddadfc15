package nara.event.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import nara.event.EventLimits;

/**
 * Opens JSON from the network for reading, within {@link EventLimits}, and as UTF-8 only.
 *
 * <p>The parser by itself guesses UTF-16 and UTF-32, skips a byte order mark, and takes sequences
 * that are no UTF-8. Bytes are kept and served on, and other readers would read such ones otherwise
 * or lose a whole answer by them; so they are refused here.
 */
public final class BoundedJson {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(EventLimits.MAX_DEPTH)
                  .maxNumberLength(EventLimits.MAX_NUMBER_LENGTH)
                  .maxStringLength(EventLimits.MAX_EVENT_BYTES)
                  .maxNameLength(EventLimits.MAX_TEXT_LENGTH)
                  .build())
          .build();

  /** The bytes by which the parser guesses an encoding. */
  private static final int ENCODING_PROBE_BYTES = 4;

  private static final byte BYTE_ORDER_MARK = (byte) 0xEF;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  /** Those that no ASCII character has. */
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  private BoundedJson() {}

  /**
   * A parser before the first token.
   *
   * @throws JsonParseException when the bytes are not UTF-8 from the first to the last
   */
  public static JsonParser parser(byte[] json, int offset, int length) throws IOException {
    if (!isUtf8(json, offset, length)) {
      throw new JsonParseException(null, "it is not UTF-8");
    }
    return JSON.createParser(json, offset, length);
  }

  /** Eight bytes at a time: every event that comes is looked at. */
  private static boolean isAscii(byte[] json, int from, int end) {
    long bits = 0;
    int at = from;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      bits |= (long) LONGS.get(json, at);
    }
    for (; at < end; at++) {
      bits |= json[at];
    }
    return (bits & HIGH_BITS) == 0;
  }

  private static boolean isUtf8(byte[] json, int offset, int length) {
    for (int i = 0; i < Math.min(length, ENCODING_PROBE_BYTES); i++) {
      if (json[offset + i] == 0) {
        return false;
      }
    }
    // All ASCII, as nearly all events are.
    if (isAscii(json, offset, offset + length)) {
      return true;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json, offset, length));
      return json[offset] != BYTE_ORDER_MARK;
    } catch (CharacterCodingException otherwise) {
      return false;
    }
  }
}
