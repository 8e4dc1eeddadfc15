package nara.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Checks JSON against the part of JSON Schema that this project's OpenAPI description uses: type,
 * properties, required, additionalProperties, items, enum and references within the document. Any
 * other keyword that restricts values is a failure, so that none is overlooked.
 */
public record JsonSchema(JsonNode document) {
  private static final List<String> KNOWN =
      List.of(
          "type",
          "properties",
          "required",
          "additionalProperties",
          "items",
          "enum",
          "$ref",
          "description",
          "format");

  /** What is wrong with a value, each with its path; empty when it matches. */
  public List<String> problems(JsonNode value, JsonNode schema) {
    List<String> problems = new ArrayList<>();
    check("", value, schema, problems);
    return problems;
  }

  /** The node to which a reference leads, or the node itself. */
  public JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
  }

  private void check(String path, JsonNode value, JsonNode given, List<String> problems) {
    JsonNode schema = resolved(given);
    if (schema.isMissingNode()) {
      problems.add(path + ": the reference " + given + " leads nowhere");
      return;
    }
    schema
        .fieldNames()
        .forEachRemaining(
            keyword -> {
              if (!KNOWN.contains(keyword)) {
                problems.add(path + ": this test does not know the keyword " + keyword);
              }
            });
    JsonNode type = schema.path("type");
    if (!type.isMissingNode() && texts(type).noneMatch(name -> hasType(value, name))) {
      problems.add(path + ": " + value + " is not " + type);
      return;
    }
    if (schema.has("enum")
        && StreamSupport.stream(schema.get("enum").spliterator(), false).noneMatch(value::equals)) {
      problems.add(path + ": " + value + " is none of " + schema.get("enum"));
    }
    if (value.isObject()) {
      checkObject(path, value, schema, problems);
    }
    if (value.isArray() && schema.has("items")) {
      for (int i = 0; i < value.size(); i++) {
        check(path + "[" + i + "]", value.get(i), schema.get("items"), problems);
      }
    }
  }

  private void checkObject(String path, JsonNode value, JsonNode schema, List<String> problems) {
    schema
        .path("required")
        .forEach(
            name -> {
              if (!value.has(name.asText())) {
                problems.add(path + ": lacks " + name);
              }
            });
    JsonNode others = schema.path("additionalProperties");
    value
        .properties()
        .forEach(
            field -> {
              String inner = path + "." + field.getKey();
              if (schema.path("properties").has(field.getKey())) {
                check(
                    inner,
                    field.getValue(),
                    schema.get("properties").get(field.getKey()),
                    problems);
              } else if (others.isObject()) {
                check(inner, field.getValue(), others, problems);
              } else if (others.isBoolean() && !others.asBoolean()) {
                problems.add(inner + ": is not in the schema");
              }
            });
  }

  private static Stream<String> texts(JsonNode type) {
    return type.isTextual()
        ? Stream.of(type.asText())
        : StreamSupport.stream(type.spliterator(), false).map(JsonNode::asText);
  }

  private static boolean hasType(JsonNode value, String type) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "boolean" -> value.isBoolean();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "null" -> value.isNull();
      default -> false;
    };
  }
}
