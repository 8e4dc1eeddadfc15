package nara.node.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import nara.bounds.SafeText;

/**
 * Parses the text of a configuration into a tree with the position of each value, so that each
 * problem can name its line. A duplicate key is a problem, because one of the values would be lost.
 * Comments are allowed, as {@code //} or between {@code /*} and its end, and a comma after the last
 * key or entry.
 */
final class ConfigParser {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(ConfigLimits.MAX_DEPTH)
                  .maxNumberLength(ConfigLimits.MAX_DIGITS)
                  .build())
          .build();

  /** How the parser names the bracket that is not closed. */
  private static final Pattern OPENING =
      Pattern.compile("\\(start marker at \\[Source: [^\\]]*line: (\\d+), column: (\\d+)\\]\\)");

  /**
   * A value and its position.
   *
   * @param value a map of key to node, a list of nodes, a string, a number, a boolean, or null
   */
  record ConfigNode(Object value, int line, int column) {
    static final ConfigNode EMPTY = new ConfigNode(Map.of(), 0, 0);

    @SuppressWarnings("unchecked") // only this class makes nodes, and its maps have these types
    Map<String, ConfigNode> fields() {
      return (Map<String, ConfigNode>) value;
    }

    @SuppressWarnings("unchecked") // as above, for lists
    List<ConfigNode> items() {
      return (List<ConfigNode>) value;
    }

    /** The same value outside of any text. */
    ConfigNode withoutPosition() {
      Object inside = value;
      if (value instanceof Map) {
        Map<String, ConfigNode> fields = new LinkedHashMap<>();
        fields().forEach((key, field) -> fields.put(key, field.withoutPosition()));
        inside = fields;
      } else if (value instanceof List) {
        inside = items().stream().map(ConfigNode::withoutPosition).toList();
      }
      return new ConfigNode(inside, 0, 0);
    }

    /** The value for a message. */
    String printable() {
      return switch (value) {
        case null -> "null";
        case Map<?, ?> map -> "an object";
        case List<?> list -> "a list";
        // A URL may contain a password.
        case String text -> '"' + SafeText.excerpt(AddressParser.withoutSecret(text)) + '"';
        default -> value.toString();
      };
    }
  }

  private final JsonParser parser;
  private final List<ConfigProblem> problems;

  private ConfigParser(JsonParser parser, List<ConfigProblem> problems) {
    this.parser = parser;
    this.problems = problems;
  }

  /** The tree of the text; without a JSON object, it adds a problem and returns an empty object. */
  static ConfigNode parse(String text, List<ConfigProblem> problems) {
    if (text.length() > ConfigLimits.MAX_CHARACTERS) {
      String message =
          "has %,d characters, more than the %,d that a configuration may have"
              .formatted(text.length(), ConfigLimits.MAX_CHARACTERS);
      addProblem(problems, null, "", message);
      return ConfigNode.EMPTY;
    }
    try (JsonParser parser = JSON.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        problems.add(new ConfigProblem(1, 1, "", "is not a JSON object: it must begin with {"));
        return ConfigNode.EMPTY;
      }
      ConfigNode root = new ConfigParser(parser, problems).node("");
      if (parser.nextToken() != null) {
        JsonLocation at = parser.currentTokenLocation();
        addProblem(problems, at, "", "something follows after the closing }");
      }
      return root;
    } catch (JsonProcessingException broken) {
      addProblem(problems, broken.getLocation(), "", "is not JSON: " + reason(broken));
      return ConfigNode.EMPTY;
    } catch (IOException impossible) {
      throw new UncheckedIOException("reading from memory", impossible);
    }
  }

  /** The parser's reason, in plain words where it names itself or its state. */
  private static String reason(JsonProcessingException broken) {
    String reason = broken.getOriginalMessage();
    if (reason.contains("was expecting comma")) {
      return "a comma is missing before this";
    }
    return SafeText.excerpt(
        OPENING.matcher(reason).replaceAll("which begins at line $1, column $2"),
        ConfigLimits.MAX_PARSER_MESSAGE);
  }

  /** One JSON value without a position; empty when the text is not JSON. */
  static Optional<ConfigNode> parseValue(String text) {
    List<ConfigProblem> faults = new ArrayList<>();
    ConfigNode holder = parse("{\"value\":" + text + '}', faults);
    return faults.isEmpty() && holder.fields().size() == 1
        ? Optional.of(holder.fields().get("value").withoutPosition())
        : Optional.empty();
  }

  private static void addProblem(
      List<ConfigProblem> problems, JsonLocation at, String path, String message) {
    int line = at == null ? 0 : at.getLineNr();
    problems.add(new ConfigProblem(line, at == null ? 0 : at.getColumnNr(), path, message));
  }

  private ConfigNode node(String path) throws IOException {
    JsonLocation at = parser.currentTokenLocation();
    Object value =
        switch (parser.currentToken()) {
          case START_OBJECT -> object(path);
          case START_ARRAY -> list(path);
          case VALUE_STRING -> parser.getText();
          case VALUE_NUMBER_INT -> parser.getDecimalValue();
          // No key allows a fraction. The value is for the message only.
          case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
          case VALUE_TRUE -> true;
          case VALUE_FALSE -> false;
          case VALUE_NULL -> null;
          case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
              throw new IllegalStateException("no value begins with " + parser.currentToken());
        };
    return new ConfigNode(value, at.getLineNr(), at.getColumnNr());
  }

  private Map<String, ConfigNode> object(String path) throws IOException {
    Map<String, ConfigNode> fields = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      JsonLocation at = parser.currentTokenLocation();
      String inside = path.isEmpty() ? key : path + '.' + key;
      parser.nextToken();
      ConfigNode first = fields.putIfAbsent(key, node(inside));
      if (first != null) {
        String message = "is given twice; first at line " + first.line();
        addProblem(problems, at, SafeText.excerpt(inside), message);
      }
    }
    return fields;
  }

  private List<ConfigNode> list(String path) throws IOException {
    List<ConfigNode> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node(path));
    }
    return items;
  }
}
