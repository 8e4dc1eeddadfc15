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
 * Opens JSON from the network for parsing, within {@link EventLimits}, and as UTF-8 only.
 *
 * <p>The parser itself accepts some sequences that are not UTF-8. Events are served as received,
 * and other readers would read such bytes differently or reject the whole response.
 */
final class BoundedJson {
  /** Of any text. The tables of fields have smaller limits; a stash has the longest texts. */
  private static final int MAX_TEXT_BYTES = 128 * 1024;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(EventLimits.MAX_DEPTH)
                  .maxNumberLength(EventLimits.MAX_NUMBER_LENGTH)
                  .maxStringLength(MAX_TEXT_BYTES)
                  .maxNameLength(EventLimits.MAX_TEXT_LENGTH)
                  .build())
          .build();

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final long NOT_ASCII = 0x8080_8080_8080_8080L;

  /** The byte after a space, eight times. */
  private static final long ABOVE_SPACE = 0x2121_2121_2121_2121L;

  private BoundedJson() {}

  /**
   * A parser before the first token.
   *
   * @throws JsonParseException when the bytes are not UTF-8 from the first to the last
   */
  static JsonParser parser(byte[] json, int offset, int length) throws IOException {
    // A zero among the first two bytes is the mark of UTF-16 and UTF-32.
    boolean isWide = length > 1 && (json[offset] == 0 || json[offset + 1] == 0);
    if (isWide || !isAscii(json, offset, offset + length) && !isUtf8(json, offset, length)) {
      throw new JsonParseException(null, "it is not UTF-8");
    }
    return JSON.createParser(json, offset, length);
  }

  /** Checks eight bytes at a time, since every event passes here and nearly all are ASCII. */
  private static boolean isAscii(byte[] json, int from, int end) {
    long bits = 0;
    int at = from;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      bits |= (long) LONGS.get(json, at);
    }
    for (; at < end; at++) {
      bits |= json[at];
    }
    return (bits & NOT_ASCII) == 0;
  }

  /** Whether the JSON has a byte from 0 to that of a space anywhere: eight bytes at a time. */
  static boolean hasSpace(byte[] json) {
    long found = 0;
    int at = 0;
    for (; at + Long.BYTES <= json.length; at += Long.BYTES) {
      long bytes = (long) LONGS.get(json, at);
      // Sets the high bit of a byte that is too low for the subtraction and had it not set before.
      found |= bytes - ABOVE_SPACE & ~bytes;
    }
    for (; at < json.length; at++) {
      found |= json[at] - (' ' + 1) & ~json[at];
    }
    return (found & NOT_ASCII) != 0;
  }

  private static boolean isUtf8(byte[] json, int offset, int length) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json, offset, length));
      return true;
    } catch (CharacterCodingException otherwise) {
      return false;
    }
  }
}
