package nara.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The JSON that commands print. Objects keep the order of their fields. Characters that some tools
 * take for a line end (U+0085, U+2028, U+2029 and other controls) are escaped, so one row stays one
 * line whatever a peer wrote into it.
 */
public final class JsonOutput {
  private static final ObjectMapper COMPACT = mapper();
  private static final ObjectMapper INDENTED = mapper().enable(SerializationFeature.INDENT_OUTPUT);

  private JsonOutput() {}

  /** Creates an object from alternating names and values. */
  public static Map<String, Object> object(Object... namesAndValues) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return object;
  }

  public static String compact(Object value) {
    return write(COMPACT, value);
  }

  public static String indented(Object value) {
    return write(INDENTED, value);
  }

  private static String write(ObjectMapper mapper, Object value) {
    try {
      return mapper.writeValueAsString(value);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a map of texts and numbers must be valid JSON", impossible);
    }
  }

  private static ObjectMapper mapper() {
    ObjectMapper mapper = new ObjectMapper();
    mapper.getFactory().setCharacterEscapes(new LineEndEscapes());
    return mapper;
  }

  private static final class LineEndEscapes extends CharacterEscapes {
    private static final long serialVersionUID = 1L;

    @Override
    public int[] getEscapeCodesForAscii() {
      return standardAsciiEscapesForJSON();
    }

    @Override
    public SerializableString getEscapeSequence(int c) {
      return c >= 0x7f && c <= 0x9f || c == 0x2028 || c == 0x2029
          ? new SerializedString("\\u%04x".formatted(c))
          : null;
    }
  }
}
