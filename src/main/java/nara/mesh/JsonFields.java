package nara.mesh;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.event.Event;
import nara.event.JsonSpans;
import nara.event.JsonSpans.BrokenJson;
import nara.event.JsonSpans.Span;
import nara.event.JsonSpans.TooMany;

/**
 * The fields of the JSON object that a body is, each read when it is wanted, within {@link
 * MeshLimits}. An absent field and {@code null} are the same: the reference writes either.
 */
final class JsonFields {
  private static final JsonFactory JSON = new JsonFactory();

  private final byte[] json;
  private final Map<String, Span> members;

  private JsonFields(byte[] json, Map<String, Span> members) {
    this.json = json;
    this.members = members;
  }

  static JsonFields of(byte[] json) throws MeshTrouble {
    try {
      return new JsonFields(json, JsonSpans.members(json, MeshLimits.MEMBERS));
    } catch (BrokenJson broken) {
      throw malformed(broken.getMessage());
    }
  }

  /** A text; empty when there is none. */
  String text(String name) throws MeshTrouble {
    Span span = members.get(name);
    return absent(span) ? "" : text(name, span);
  }

  /** A whole number of 64 bits; 0 when there is none. */
  long whole(String name) throws MeshTrouble {
    Span span = members.get(name);
    if (absent(span)) {
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
  boolean truth(String name) throws MeshTrouble {
    Span span = members.get(name);
    if (absent(span)) {
      return false;
    }
    return switch (span.length() <= 5 ? span.text(json) : "") {
      case "true" -> true;
      case "false" -> false;
      default -> throw malformed(name + " is neither true nor false");
    };
  }

  /** A list of texts; empty when there is none. */
  List<String> texts(String name, int most) throws MeshTrouble {
    List<String> texts = new ArrayList<>();
    for (Span element : elements(name, most)) {
      texts.add(text(name, element));
    }
    return texts;
  }

  /** The elements of a list as places in the bytes; none when there is no list. */
  List<Span> elements(String name, int most) throws MeshTrouble {
    Span span = members.get(name);
    if (span == null) {
      return List.of();
    }
    try {
      return JsonSpans.elements(json, span, most);
    } catch (TooMany tooMany) {
      throw new MeshTrouble(MeshFailure.TOO_LARGE, name + ": " + tooMany.getMessage());
    } catch (BrokenJson broken) {
      throw malformed(name + ": " + broken.getMessage());
    }
  }

  private String text(String name, Span span) throws MeshTrouble {
    if (json[span.offset()] != '"') {
      throw malformed(name + " is not a text");
    }
    if (span.length() > MeshLimits.TEXT_BYTES) {
      throw malformed(name + " has " + span.length() + " bytes, over the " + MeshLimits.TEXT_BYTES);
    }
    return decoded(json, span.offset(), span.length())
        .orElseThrow(() -> malformed(name + " is not a text in JSON"));
  }

  /** The text that a JSON string in quotes stands for. */
  static Optional<String> decoded(byte[] json, int offset, int length) {
    try (JsonParser parser = JSON.createParser(json, offset, length)) {
      return parser.nextToken() == JsonToken.VALUE_STRING
          ? Optional.of(parser.getText())
          : Optional.empty();
    } catch (IOException broken) {
      return Optional.empty();
    }
  }

  private boolean absent(Span span) {
    return span == null || (span.length() == 4 && json[span.offset()] == 'n');
  }

  private static MeshTrouble malformed(String reason) {
    return new MeshTrouble(
        MeshFailure.MALFORMED, "not the JSON expected: " + Event.excerpt(reason));
  }
}
