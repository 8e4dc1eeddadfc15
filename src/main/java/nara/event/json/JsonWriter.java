package nara.event.json;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Writes a JSON object field by field, byte for byte as the reference does: without white space, in
 * the order of the calls. Optional fields are left out when they are empty, 0 or false.
 */
public final class JsonWriter {
  private final StringBuilder out;

  private JsonWriter(String start) {
    out = new StringBuilder(512).append(start);
  }

  /** Begins an object. */
  public static JsonWriter begin() {
    return new JsonWriter("{");
  }

  /** Continues an object whose first fields are written elsewhere: begins with a comma. */
  public static JsonWriter continued() {
    return new JsonWriter("");
  }

  public JsonWriter text(String name, String value) {
    GoJson.appendString(name(name).out, value);
    return this;
  }

  public JsonWriter number(String name, long value) {
    name(name).out.append(value);
    return this;
  }

  public JsonWriter real(String name, double value) {
    GoJson.appendNumber(name(name).out, value);
    return this;
  }

  public JsonWriter flag(String name, boolean value) {
    name(name).out.append(value);
    return this;
  }

  /** A nested object. */
  public JsonWriter object(String name, Consumer<JsonWriter> fields) {
    name(name).braced(fields);
    return this;
  }

  private void braced(Consumer<JsonWriter> fields) {
    out.append('{');
    fields.accept(this);
    out.append('}');
  }

  /** A value that is JSON already. */
  public JsonWriter raw(String name, String json) {
    name(name).out.append(json);
    return this;
  }

  public JsonWriter optional(String name, String value) {
    return value.isEmpty() ? this : text(name, value);
  }

  public JsonWriter optional(String name, long value) {
    return value == 0 ? this : number(name, value);
  }

  public JsonWriter optional(String name, boolean value) {
    return value ? flag(name, true) : this;
  }

  public JsonWriter optional(String name, List<String> values) {
    return values.isEmpty() ? this : textList(name, values);
  }

  /** A list of texts; {@code null} when it is empty, as in the reference. */
  public JsonWriter textList(String name, List<String> values) {
    return list(name, values, (writer, value) -> GoJson.appendString(writer.out, value));
  }

  /** A list of objects; {@code null} when it is empty. */
  public <T> JsonWriter objectList(String name, List<T> values, BiConsumer<JsonWriter, T> fields) {
    return list(name, values, (writer, value) -> writer.braced(out -> fields.accept(out, value)));
  }

  private <T> JsonWriter list(String name, List<T> values, BiConsumer<JsonWriter, T> write) {
    if (values.isEmpty()) {
      return raw(name, "null");
    }
    char before = '[';
    name(name);
    for (T value : values) {
      out.append(before);
      write.accept(this, value);
      before = ',';
    }
    out.append(']');
    return this;
  }

  /** Ends the object. */
  public JsonWriter end() {
    out.append('}');
    return this;
  }

  /** Begins a field whose value is written elsewhere. */
  public JsonWriter name(String name) {
    if (out.isEmpty() || out.charAt(out.length() - 1) != '{') {
      out.append(',');
    }
    out.append('"').append(name).append("\":");
    return this;
  }

  /** The JSON so far, as UTF-8. */
  public byte[] toBytes() {
    return toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Ends the object and the line: the body of an HTTP message. */
  public byte[] endLine() {
    out.append("}\n");
    return toBytes();
  }

  /** The JSON so far. */
  @Override
  public String toString() {
    return out.toString();
  }
}
