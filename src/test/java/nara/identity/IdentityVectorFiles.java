package nara.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The recorded files under {@code vectors/}. */
final class IdentityVectorFiles {
  static final JsonNode IDENTITY = read("identity.json");
  static final JsonNode GENERATOR = read("generator.json");
  static final JsonNode EVENTS = read("events.json");

  private IdentityVectorFiles() {}

  static Stream<JsonNode> each(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  static List<String> texts(JsonNode array) {
    return each(array).map(JsonNode::asText).toList();
  }

  static byte[] hex(JsonNode text) {
    return HexFormat.of().parseHex(text.asText());
  }

  private static JsonNode read(String file) {
    try (InputStream in = IdentityVectorFiles.class.getResourceAsStream("/vectors/" + file)) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
