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
 * <p>A response of thousands of events is cut first and each event is read on its own, so a broken
 * event costs only itself. Nesting is counted without recursion, so no depth exhausts the stack.
 * The content of a piece is not checked here.
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

  /** The bytes are not JSON of the expected form; the message says why. */
  public static class MalformedJsonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedJsonException(String message) {
      // Without a stack trace, since hostile peers can cause many.
      super(message, null, false, false);
    }
  }

  /** There are more members or elements than allowed. */
  public static final class TooManyElementsException extends MalformedJsonException {
    private static final long serialVersionUID = 1L;

    TooManyElementsException(String message) {
      super(message);
    }
  }

  private interface PieceConsumer {
    void accept(Span key, Span value);
  }

  /**
   * The members by key of the object that the bytes are. A key given twice is rejected, however it
   * is escaped: two readers could take different values.
   *
   * @param limit members that are allowed
   */
  public static Map<String, Span> members(byte[] json, int limit) {
    Map<String, Span> members = new LinkedHashMap<>();
    PieceConsumer add =
        (keySpan, value) -> {
          String key = key(json, keySpan);
          if (members.put(key, value) != null) {
            throw new MalformedJsonException("key '" + SafeText.excerpt(key) + "' twice");
          }
        };
    int end = cut(json, skipWhitespace(json, 0), '{', '}', limit, add);
    if (skipWhitespace(json, end) != json.length) {
      throw new MalformedJsonException("more text after the object, at byte " + end);
    }
    return members;
  }

  /**
   * The elements of the array at the span; none for {@code null}, which the reference writes for an
   * empty list.
   *
   * @param limit elements that are allowed
   */
  public static List<Span> elements(byte[] json, Span array, int limit) {
    List<Span> elements = new ArrayList<>();
    if (array.length() != 4 || !array.text(json).equals("null")) {
      cut(json, array.offset(), '[', ']', limit, (noKey, value) -> elements.add(value));
    }
    return elements;
  }

  /** Passes on each member of an object or element of an array; returns the offset behind it. */
  private static int cut(
      byte[] json, int from, char open, char close, int limit, PieceConsumer consumer) {
    int at = skipWhitespace(json, expect(json, from, open));
    if (at < json.length && json[at] == close) {
      return at + 1;
    }
    for (int count = 0; ; count++) {
      Span key = null;
      if (open == '{') {
        key = new Span(at, skipString(json, at) - at);
        at = skipWhitespace(json, at + key.length());
        at = skipWhitespace(json, expect(json, at, ':'));
      }
      int end = skipValue(json, at);
      if (count == limit) {
        throw new TooManyElementsException("more than " + limit + " entries");
      }
      consumer.accept(key, new Span(at, end - at));
      at = skipWhitespace(json, end);
      if (at == json.length || json[at] != ',') {
        return expect(json, at, close);
      }
      at = skipWhitespace(json, at + 1);
    }
  }

  /** The text of a key in its quotes. */
  private static String key(byte[] json, Span span) {
    String raw = new String(json, span.offset() + 1, span.length() - 2, StandardCharsets.UTF_8);
    if (raw.indexOf('\\') < 0) {
      return raw;
    }
    try (JsonParser parser = BoundedJson.parser(json, span.offset(), span.length())) {
      parser.nextToken();
      return parser.getText();
    } catch (JsonProcessingException broken) {
      throw new MalformedJsonException("the key at byte " + span.offset() + " is not a text");
    } catch (IOException impossible) {
      throw new UncheckedIOException("reading from memory", impossible);
    }
  }

  private static int expect(byte[] json, int at, char wanted) {
    if (at >= json.length) {
      throw truncated(at);
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

  /** Whether valid JSON has no white space between its tokens. */
  static boolean isCompact(byte[] json) {
    // Few events have a space even in a text.
    return !BoundedJson.hasSpace(json) || hasNoSpaceBetweenTokens(json);
  }

  private static boolean hasNoSpaceBetweenTokens(byte[] json) {
    boolean inText = false;
    for (int at = 0; at < json.length; at++) {
      byte b = json[at];
      if (b == '"') {
        inText = !inText;
      } else if (inText) {
        at += b == '\\' ? 1 : 0;
      } else if (b <= ' ') {
        return false;
      }
    }
    return true;
  }

  private static int skipString(byte[] json, int from) {
    int at = expect(json, from, '"');
    while (at < json.length) {
      byte b = json[at];
      if (b == '"') {
        return at + 1;
      }
      at += b == '\\' ? 2 : 1;
    }
    throw truncated(at);
  }

  private static int skipValue(byte[] json, int from) {
    if (from >= json.length) {
      throw truncated(from);
    }
    return switch (json[from]) {
      case '"' -> skipString(json, from);
      case '{', '[' -> skipNested(json, from);
      default -> skipScalar(json, from);
    };
  }

  private static int skipNested(byte[] json, int from) {
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
          at++;
          if (--depth == 0) {
            return at;
          }
        }
        default -> at++;
      }
    }
    throw truncated(at);
  }

  private static int skipScalar(byte[] json, int from) {
    int at = from;
    while (at < json.length && ",]} \n\r\t".indexOf(json[at]) < 0) {
      at++;
    }
    if (at == from) {
      throw new MalformedJsonException("a value expected at byte " + from);
    }
    return at;
  }

  private static MalformedJsonException truncated(int at) {
    return new MalformedJsonException("truncated at byte " + at);
  }
}
