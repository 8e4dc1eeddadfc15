package nara.event.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nara.bounds.SafeText;

/**
 * Cuts JSON into pieces without parsing them: the members of an object, the elements of an array,
 * as places in the bytes.
 *
 * <p>An answer of thousands of events is cut first and each event read on its own, so that one that
 * is broken costs itself only. Nesting is counted, not recursed into, so no depth can exhaust the
 * stack. What is inside a piece is not checked here.
 */
public final class JsonSpans {
  private JsonSpans() {}

  /** One piece: {@code length} bytes from {@code offset}, without the white space around it. */
  public record Span(int offset, int length) {
    /** The piece as text. */
    public String text(byte[] json) {
      return new String(json, offset, length, StandardCharsets.UTF_8);
    }
  }

  /** The bytes are not JSON of the shape that was asked for; the message says where. */
  public static class MalformedJsonException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedJsonException(String message) {
      super(message, null, false, false);
    }
  }

  /** There are more members or elements than were accepted. */
  public static final class TooManyElementsException extends MalformedJsonException {
    private static final long serialVersionUID = 1L;

    TooManyElementsException(String message) {
      super(message);
    }
  }

  /**
   * The members of the object that the bytes are, by their key. A key given twice is refused,
   * however it is spelt: two readers could take different ones.
   *
   * @param limit how many members are accepted
   */
  public static Map<String, Span> members(byte[] json, int limit) throws MalformedJsonException {
    Map<String, Span> members = new LinkedHashMap<>();
    int at = expect(json, skipWhitespace(json, 0), '{');
    at = skipWhitespace(json, at);
    if (at < json.length && json[at] == '}') {
      end(json, at + 1);
      return members;
    }
    while (true) {
      int keyStart = skipWhitespace(json, at);
      int keyEnd = skipString(json, keyStart);
      String key = key(json, keyStart, keyEnd - keyStart);
      at = skipWhitespace(json, expect(json, skipWhitespace(json, keyEnd), ':'));
      int valueEnd = skipValue(json, at);
      if (members.size() == limit) {
        throw new TooManyElementsException("more than " + limit + " members");
      }
      if (members.put(key, new Span(at, valueEnd - at)) != null) {
        throw new MalformedJsonException("key '" + SafeText.excerpt(key) + "' twice");
      }
      at = skipWhitespace(json, valueEnd);
      if (at < json.length && json[at] == ',') {
        at++;
      } else {
        end(json, expect(json, at, '}'));
        return members;
      }
    }
  }

  /**
   * The elements of the array at the span; none for {@code null}, which the reference writes for an
   * empty list.
   *
   * @param limit how many elements are accepted
   */
  public static List<Span> elements(byte[] json, Span array, int limit)
      throws MalformedJsonException {
    List<Span> elements = new ArrayList<>();
    if (array.length() == 4 && array.text(json).equals("null")) {
      return elements;
    }
    int at = skipWhitespace(json, expect(json, array.offset(), '['));
    if (at < json.length && json[at] == ']') {
      return elements;
    }
    while (true) {
      at = skipWhitespace(json, at);
      int valueEnd = skipValue(json, at);
      if (elements.size() == limit) {
        throw new TooManyElementsException("more than " + limit + " elements");
      }
      elements.add(new Span(at, valueEnd - at));
      at = skipWhitespace(json, valueEnd);
      if (at < json.length && json[at] == ',') {
        at++;
      } else {
        expect(json, at, ']');
        return elements;
      }
    }
  }

  /** The text of a key in its quotes. */
  private static String key(byte[] json, int offset, int length) throws MalformedJsonException {
    String raw = new String(json, offset + 1, length - 2, StandardCharsets.UTF_8);
    if (raw.indexOf('\\') < 0) {
      return raw;
    }
    try (JsonParser parser = BoundedJson.parser(json, offset, length)) {
      parser.nextToken();
      return parser.getText();
    } catch (JsonProcessingException broken) {
      throw new MalformedJsonException("the key at byte " + offset + " is no text");
    } catch (IOException impossible) {
      throw new UncheckedIOException("reading from memory", impossible);
    }
  }

  private static void end(byte[] json, int at) throws MalformedJsonException {
    if (skipWhitespace(json, at) != json.length) {
      throw new MalformedJsonException("something follows the object at byte " + at);
    }
  }

  private static int expect(byte[] json, int at, char wanted) throws MalformedJsonException {
    if (at >= json.length) {
      throw new MalformedJsonException("ends in the middle, at byte " + at);
    }
    if (json[at] != wanted) {
      throw new MalformedJsonException("'" + wanted + "' expected at byte " + at);
    }
    return at + 1;
  }

  private static int skipWhitespace(byte[] json, int from) {
    int at = from;
    while (at < json.length
        && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
      at++;
    }
    return at;
  }

  private static int skipString(byte[] json, int from) throws MalformedJsonException {
    int at = expect(json, from, '"');
    while (at < json.length) {
      byte b = json[at];
      if (b == '"') {
        return at + 1;
      }
      at += b == '\\' ? 2 : 1;
    }
    throw new MalformedJsonException("a text without an end, from byte " + from);
  }

  private static int skipValue(byte[] json, int from) throws MalformedJsonException {
    if (from >= json.length) {
      throw new MalformedJsonException("ends in the middle, at byte " + from);
    }
    return switch (json[from]) {
      case '"' -> skipString(json, from);
      case '{', '[' -> skipNested(json, from);
      default -> skipScalar(json, from);
    };
  }

  private static int skipNested(byte[] json, int from) throws MalformedJsonException {
    int depth = 0;
    int at = from;
    while (at < json.length) {
      switch (json[at]) {
        case '"' -> at = skipString(json, at);
        case '{', '[' -> {
          depth++;
          at++;
        }
        case '}', ']' -> {
          depth--;
          at++;
          if (depth == 0) {
            return at;
          }
        }
        default -> at++;
      }
    }
    throw new MalformedJsonException("ends in the middle of what begins at byte " + from);
  }

  private static int skipScalar(byte[] json, int from) throws MalformedJsonException {
    int at = from;
    while (at < json.length && ",]} \n\r\t".indexOf(json[at]) < 0) {
      at++;
    }
    if (at == from) {
      throw new MalformedJsonException("a value expected at byte " + from);
    }
    return at;
  }
}
