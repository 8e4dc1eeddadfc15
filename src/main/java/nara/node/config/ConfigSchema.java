package nara.node.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The JSON schema (draft 2020-12) of a configuration, for editors. It is made of the list of keys:
 * the words of the allowed values have fixed forms, which {@link ConfigKind} makes. The schema
 * allows at least what the reader allows; the reader checks more.
 */
public final class ConfigSchema {
  private static final Pattern RANGE = Pattern.compile(".* \\((-?\\d+) to (\\d+)\\)");
  private static final String LIST = "a list, each ";
  private static final String WORDS = "one of ";
  private static final String BY_NAME = "an object: for each name ";

  /** These words stand for an absent value. */
  private static final String NO_DEFAULT = "none";

  private ConfigSchema() {}

  /** The schema as indented text. */
  public static String of(List<ConfigKey> keys) {
    ObjectNode root = object();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("title", "The configuration of a nara node");
    ObjectNode tree = closedObject();
    // An editor finds this schema by it.
    tree.withObjectProperty("properties").set("$schema", object().put("type", "string"));
    for (ConfigKey key : keys) {
      String[] names = key.path().split("\\.");
      ObjectNode at = tree;
      for (int i = 0; i < names.length - 1; i++) {
        ObjectNode properties = at.withObjectProperty("properties");
        if (!properties.has(names[i])) {
          properties.set(names[i], closedObject());
        }
        at = properties.withObjectProperty(names[i]);
      }
      at.withObjectProperty("properties").set(names[names.length - 1], property(key));
    }
    root.setAll(tree);
    return root.toPrettyString();
  }

  private static ObjectNode closedObject() {
    ObjectNode closed = object();
    closed.put("type", "object");
    closed.put("additionalProperties", false);
    return closed;
  }

  private static ObjectNode property(ConfigKey key) {
    ObjectNode property = object();
    String byDefault = key.defaultText().isEmpty() ? "\"\"" : key.defaultText();
    property.put("description", "%s; default: %s".formatted(key.allowed(), byDefault));
    property.setAll(type(key.allowed()));
    defaultValue(property, key.defaultText());
    return property;
  }

  private static ObjectNode type(String allowed) {
    ObjectNode type = object();
    Matcher range = RANGE.matcher(allowed);
    if (allowed.startsWith(LIST)) {
      type.put("type", "array").set("items", type(allowed.substring(LIST.length())));
    } else if (allowed.startsWith(BY_NAME)) {
      type.put("type", "object")
          .set("additionalProperties", type(allowed.substring(BY_NAME.length())));
    } else if (allowed.equals("true or false")) {
      type.put("type", "boolean");
    } else if (allowed.startsWith(WORDS)) {
      ArrayNode words = type.putArray("enum");
      for (String word : allowed.substring(WORDS.length()).split(", ")) {
        words.add(word);
      }
    } else if (range.matches()) {
      type.put("type", "integer");
      type.put("minimum", new BigInteger(range.group(1)));
      type.put("maximum", new BigInteger(range.group(2)));
    } else if (allowed.startsWith("a duration ")) {
      type.put("type", "string").put("pattern", "^[0-9]+(ms|s|m|h)$");
    } else if (allowed.contains(" or an object ")) {
      type.putArray("type").add("string").add("object");
    } else {
      type.put("type", "string");
    }
    return type;
  }

  /** Sets the default when the text is one; otherwise it is words such as "by heap". */
  private static void defaultValue(ObjectNode property, String text) {
    String type = property.path("type").asText();
    if (type.equals("integer")) {
      if (text.matches("-?\\d+")) {
        property.put("default", new BigInteger(text));
      }
    } else if (type.equals("boolean")) {
      property.put("default", Boolean.parseBoolean(text));
    } else if (type.equals("array") || type.equals("object")) {
      property.set("default", json(text));
    } else if (!text.equals(NO_DEFAULT) && text.indexOf(' ') < 0) {
      property.put("default", text);
    }
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException notJson) {
      throw new IllegalStateException("a default that is not JSON: " + text, notJson);
    }
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
