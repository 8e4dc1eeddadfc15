package nara.mesh.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.bounds.SafeText;
import nara.event.json.JsonSpans;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.Span;
import nara.event.json.JsonSpans.TooManyElementsException;

/**
 * The fields of the JSON object that a body is, each read when it is wanted, within {@link
 * MeshLimits}. An absent field and {@code null} are the same: the reference writes either.
 */
public final class JsonFields {
  private static final JsonFactory JSON = new JsonFactory();

  private final byte[] json;
  private final Map<String, Span> members;

  private JsonFields(byte[] json, Map<String, Span> members) {
    this.json = json;
    this.members = members;
  }

  public static JsonFields of(byte[] json) throws MeshException {
    try {
      return new JsonFields(json, JsonSpans.members(json, MeshLimits.JSON_MEMBERS));
    } catch (MalformedJsonException broken) {
      throw malformed(broken.getMessage());
    }
  }

  /** A text; empty when there is none. */
  public String string(String name) throws MeshException {
    Span span = members.get(name);
    return isAbsent(span) ? "" : string(name, span);
  }

  /** A whole number of 64 bits; 0 when there is none. */
  public long longValue(String name) throws MeshException {
    Span span = members.get(name);
    if (isAbsent(span)) {
      return 0;
    }
    try {
      if (span.length() <= 20 && json[span.offset()] != '+') {
        return Long.parseLong(span.text(json));
      }
    } catch (NumberFormatException notWhole) {
      throw malformed(name + " is not a whole number");
    }
    throw malformed(name + " is not a whole number of 64 bits");
  }

  /** True or false; false when there is neither. */
  public boolean bool(String name) throws MeshException {
    Span span = members.get(name);
    if (isAbsent(span)) {
      return false;
    }
    return switch (span.length() <= 5 ? span.text(json) : "") {
      case "true" -> true;
      case "false" -> false;
      default -> throw malformed(name + " is neither true nor false");
    };
  }

  /** A list of texts; empty when there is none. */
  List<String> strings(String name, int max) throws MeshException {
    List<String> texts = new ArrayList<>();
    for (Span element : elements(name, max)) {
      texts.add(string(name, element));
    }
    return texts;
  }

  /** The elements of a list as places in the bytes; none when there is no list. */
  public List<Span> elements(String name, int max) throws MeshException {
    Span span = members.get(name);
    if (span == null) {
      return List.of();
    }
    try {
      return JsonSpans.elements(json, span, max);
    } catch (TooManyElementsException tooManyElementsException) {
      throw new MeshException(
          MeshFailure.TOO_LARGE, name + ": " + tooManyElementsException.getMessage());
    } catch (MalformedJsonException broken) {
      throw malformed(name + ": " + broken.getMessage());
    }
  }

  private String string(String name, Span span) throws MeshException {
    if (json[span.offset()] != '"') {
      throw malformed(name + " is not a text");
    }
    if (span.length() > MeshLimits.TEXT_BYTES) {
      throw malformed(name + " has " + span.length() + " bytes, over the " + MeshLimits.TEXT_BYTES);
    }
    return decodeString(json, span.offset(), span.length())
        .orElseThrow(() -> malformed(name + " is not a text in JSON"));
  }

  /** The text that a JSON string in quotes stands for. */
  static Optional<String> decodeString(byte[] json, int offset, int length) {
    try (JsonParser parser = JSON.createParser(json, offset, length)) {
      return parser.nextToken() == JsonToken.VALUE_STRING
          ? Optional.of(parser.getText())
          : Optional.empty();
    } catch (IOException broken) {
      return Optional.empty();
    }
  }

  private boolean isAbsent(Span span) {
    return span == null || (span.length() == 4 && json[span.offset()] == 'n');
  }

  private static MeshException malformed(String reason) {
    return new MeshException(
        MeshFailure.MALFORMED, "not the JSON expected: " + SafeText.excerpt(reason));
  }
}
