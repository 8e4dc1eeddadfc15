package nara.web.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nara.event.json.GoJson;

/** Writes JSON values with the reference's forms of texts and numbers. */
public final class ReferenceJson {
  private ReferenceJson() {}

  /** A value that is JSON already. */
  public record Raw(String json) {}

  /** The JSON of a value and a line feed, as the reference ends its responses. */
  public static String line(Object value) {
    StringBuilder out = new StringBuilder(1_024);
    append(out, value);
    return out.append('\n').toString();
  }

  /** The JSON of a value. */
  public static String of(Object value) {
    StringBuilder out = new StringBuilder(256);
    append(out, value);
    return out.toString();
  }

  /** The same object with sorted keys, also in the objects within it. */
  public static Map<String, Object> sorted(JsonObject object) {
    Map<String, Object> sorted = new TreeMap<>();
    object
        .getMap()
        .forEach(
            (key, value) ->
                sorted.put(
                    key,
                    value instanceof JsonObject || value instanceof Map
                        ? sorted(object.getJsonObject(key))
                        : value));
    return sorted;
  }

  private static void append(StringBuilder out, Object value) {
    switch (value) {
      case null -> out.append("null");
      case Raw raw -> out.append(raw.json());
      case String text -> GoJson.appendString(out, text);
      case Boolean flag -> out.append(flag);
      case Double real -> {
        if (Double.isFinite(real)) {
          GoJson.appendNumber(out, real);
        } else {
          out.append("null");
        }
      }
      case Number number -> out.append(number);
      case JsonObject object -> appendObject(out, object.getMap());
      case Map<?, ?> map -> appendObject(out, map);
      case JsonArray array -> appendList(out, array.getList());
      case List<?> list -> appendList(out, list);
      default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
    }
  }

  private static void appendObject(StringBuilder out, Map<?, ?> map) {
    char before = '{';
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(before);
      GoJson.appendString(out, String.valueOf(entry.getKey()));
      out.append(':');
      append(out, entry.getValue());
      before = ',';
    }
    out.append(before == '{' ? "{}" : "}");
  }

  private static void appendList(StringBuilder out, List<?> list) {
    char before = '[';
    for (Object value : list) {
      out.append(before);
      append(out, value);
      before = ',';
    }
    out.append(before == '[' ? "[]" : "]");
  }
}
