package nara.cli.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.LinkedHashMap;
import java.util.Map;
import nara.bounds.SafeText;

/**
 * The JSON that commands print. Objects keep the order of their fields. Characters that are not
 * printable are escaped, so a row stays one line and moves no cursor, whatever a peer wrote into
 * it.
 */
public final class JsonOutput {
  private static final ObjectMapper COMPACT = new ObjectMapper();
  private static final ObjectMapper INDENTED =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

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
      return SafeText.escapedJson(mapper.writeValueAsString(value));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a map of texts and numbers must be valid JSON", impossible);
    }
  }
}
