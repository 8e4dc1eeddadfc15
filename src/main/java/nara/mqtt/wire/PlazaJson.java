package nara.mqtt.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import nara.bounds.SafeText;
import nara.event.EventLimits;
import nara.event.json.BoundedJson;
import nara.event.json.JsonSpans;

/**
 * Reads the plaza's messages within bounds, by the same rules as events are read: a known key given
 * twice, or in another case, is refused, since two readers could take different ones; unknown keys
 * are skipped.
 */
public final class PlazaJson {
  private PlazaJson() {}

  /** A message is not what its topic promises; the text says why, in words for a person. */
  public static final class PlazaJsonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PlazaJsonException(String why) {
      super(why, null, false, false);
    }
  }

  /** Takes the value of one known member; the parser stands on its first token. */
  public interface MemberReader {
    void read(int key, JsonToken value) throws IOException;
  }

  /** Reads the whole bytes. */
  public interface BodyReader<T> {
    T read(JsonParser parser) throws IOException;
  }

  /**
   * Reads the one value that stands in these bytes.
   *
   * @throws PlazaJsonException when they are not JSON, or anything follows
   */
  public static <T> T read(byte[] json, int offset, int length, BodyReader<T> bodyReader) {
    try (JsonParser parser = BoundedJson.parser(json, offset, length)) {
      parser.nextToken();
      T value = bodyReader.read(parser);
      if (parser.nextToken() != null) {
        throw new PlazaJsonException("something follows the message");
      }
      return value;
    } catch (JsonProcessingException broken) {
      throw new PlazaJsonException("not JSON: " + SafeText.excerpt(broken.getOriginalMessage()));
    } catch (IOException impossible) {
      throw new UncheckedIOException("reading from memory", impossible);
    }
  }

  /** Reads the object that the parser stands at. */
  public static void readObject(JsonParser parser, String[] knownKeys, MemberReader memberReader)
      throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new PlazaJsonException("not a JSON object");
    }
    long seenKeys = 0;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      int key = indexOf(parser.currentName(), knownKeys);
      JsonToken value = parser.nextToken();
      if (key < 0) {
        parser.skipChildren();
        continue;
      }
      if ((seenKeys & 1L << key) != 0) {
        throw new PlazaJsonException("key '" + knownKeys[key] + "' twice");
      }
      seenKeys |= 1L << key;
      memberReader.read(key, value);
    }
  }

  private static int indexOf(String name, String[] known) {
    for (int i = 0; i < known.length; i++) {
      if (known[i].equals(name)) {
        return i;
      }
    }
    rejectOtherCase(name, known);
    return -1;
  }

  /** Refuses a key that differs from a known one in case only. */
  static void rejectOtherCase(String name, String[] known) {
    for (String key : known) {
      if (key.equalsIgnoreCase(name) && !key.equals(name)) {
        throw new PlazaJsonException(
            "key '" + SafeText.excerpt(name) + "' differs from '" + key + "' only in case");
      }
    }
  }

  /** A text; {@code null} is the empty one. Half a surrogate pair becomes U+FFFD, as in events. */
  public static String readString(JsonParser parser, JsonToken value, String field)
      throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return "";
    }
    if (value != JsonToken.VALUE_STRING) {
      throw new PlazaJsonException(field + " is not a text");
    }
    String text = parser.getText();
    if (text.length() > EventLimits.MAX_TEXT_LENGTH) {
      throw new PlazaJsonException(
          field + " is longer than " + EventLimits.MAX_TEXT_LENGTH + " characters");
    }
    return text.chars().anyMatch(c -> Character.isSurrogate((char) c))
        ? new String(text.getBytes(StandardCharsets.UTF_16BE), StandardCharsets.UTF_16BE)
        : text;
  }

  public static long readLong(JsonParser parser, JsonToken value, String field) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return 0;
    }
    if (value != JsonToken.VALUE_NUMBER_INT
        || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw new PlazaJsonException(field + " is not a whole number of 64 bits");
    }
    return parser.getLongValue();
  }

  static double readDouble(JsonParser parser, JsonToken value, String field) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return 0;
    }
    if (!value.isNumeric() || Double.isInfinite(parser.getDoubleValue())) {
      throw new PlazaJsonException(field + " is not a number");
    }
    return parser.getDoubleValue();
  }

  public static boolean readBoolean(JsonToken value, String field) {
    if (value == JsonToken.VALUE_TRUE) {
      return true;
    }
    if (value == JsonToken.VALUE_FALSE || value == JsonToken.VALUE_NULL) {
      return false;
    }
    throw new PlazaJsonException(field + " is neither true nor false");
  }

  /** Steps over the object that the parser stands at, and says where it was. */
  static JsonSpans.Span skipObject(JsonParser parser, JsonToken value, String field)
      throws IOException {
    if (value != JsonToken.START_OBJECT) {
      throw new PlazaJsonException(field + " is not an object");
    }
    long start = parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    long end = parser.currentLocation().getByteOffset();
    return new JsonSpans.Span((int) start, (int) (end - start));
  }
}
