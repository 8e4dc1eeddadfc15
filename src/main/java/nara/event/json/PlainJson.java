package nara.event.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import nara.event.json.JsonFields.Field;
import nara.event.json.JsonSpans.MalformedJsonException;

/**
 * Copies the JSON of an object without what no signature covers and no reader needs: unknown
 * fields, white space between the tokens, and needless escapes.
 */
final class PlainJson {
  private static final JsonFactory JSON = new JsonFactory();

  private PlainJson() {}

  /** The known fields of valid JSON, in their order. */
  static byte[] of(byte[] json, JsonFields fields) {
    ByteArrayOutputStream plain = new ByteArrayOutputStream(json.length);
    try (JsonParser parser = BoundedJson.parser(json, 0, json.length);
        JsonGenerator generator = JSON.createGenerator(plain)) {
      parser.nextToken();
      copyObject(parser, fields, generator);
    } catch (IOException unwritable) {
      throw new MalformedJsonException("its padding cannot be dropped");
    }
    return plain.toByteArray();
  }

  private static void copyObject(JsonParser parser, JsonFields fields, JsonGenerator to)
      throws IOException {
    to.writeStartObject();
    String name;
    while ((name = parser.nextFieldName()) != null) {
      int index = fields.indexOf(name, 0);
      index = index < 0 ? fields.indexOfOtherCase(name) : index;
      JsonToken value = parser.nextToken();
      if (index < 0) {
        parser.skipChildren();
      } else {
        to.writeFieldName(name);
        copyValue(parser, value, fields.field(index), to);
      }
    }
    to.writeEndObject();
  }

  private static void copyValue(JsonParser parser, JsonToken value, Field field, JsonGenerator to)
      throws IOException {
    if (field.nested() != null && value == JsonToken.START_OBJECT) {
      copyObject(parser, field.nested(), to);
    } else if (field.nested() != null && value == JsonToken.START_ARRAY) {
      to.writeStartArray();
      for (JsonToken each = parser.nextToken();
          each != JsonToken.END_ARRAY;
          each = parser.nextToken()) {
        copyValue(parser, each, field, to);
      }
      to.writeEndArray();
    } else if (value.isNumeric()) {
      // With the same digits.
      to.writeNumber(parser.getText());
    } else {
      to.copyCurrentStructure(parser);
    }
  }
}
