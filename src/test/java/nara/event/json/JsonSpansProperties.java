package nara.event.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.Span;
import nara.event.json.JsonSpans.TooManyElementsException;
import nara.testing.Vectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class JsonSpansProperties {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Every kind of white space. */
  private static final String SPACE = " \t\r\n ";

  @Property
  void object_is_cut_into_the_members_that_a_parser_finds(
      @ForAll("objects") ObjectNode object, @ForAll boolean spaced) throws MalformedJsonException {
    byte[] json = bytes(object, spaced);

    Map<String, Span> members = JsonSpans.members(json, object.size());

    assertThat(members).hasSize(object.size());
    assertThat(parsed(json, members.values())).isEqualTo(texts(object));
    assertThat(members.keySet()).containsExactlyElementsOf(() -> object.fieldNames());
  }

  @Property
  void object_is_compact_exactly_without_space_between_tokens(
      @ForAll("objects") ObjectNode object, @ForAll boolean spaced) {
    byte[] compact = bytes(object, false);
    byte[] json = bytes(object, spaced);

    assertThat(JsonSpans.isCompact(json)).isEqualTo(Arrays.equals(json, compact));
  }

  @Property
  void space_is_found_in_any_bytes(@ForAll byte[] bytes) {
    boolean found = false;
    for (byte each : bytes) {
      found |= each >= 0 && each <= ' ';
    }

    assertThat(BoundedJson.hasSpace(bytes)).isEqualTo(found);
  }

  @Property
  void array_is_cut_into_the_elements_that_a_parser_finds(
      @ForAll("arrays") ArrayNode array, @ForAll boolean spaced) throws MalformedJsonException {
    byte[] json = bytes(array, spaced);

    List<Span> elements = JsonSpans.elements(json, all(json), array.size());

    assertThat(parsed(json, elements)).isEqualTo(texts(array));
    elements.forEach(span -> assertThat(span.text(json)).isEqualTo(span.text(json).strip()));
  }

  @Property
  void cutting_fails_over_the_limit(
      @ForAll("arrays") ArrayNode array, @ForAll("objects") ObjectNode object) {
    byte[] elements = bytes(array, false);
    byte[] members = bytes(object, false);

    if (!array.isEmpty()) {
      assertThatExceptionOfType(TooManyElementsException.class)
          .isThrownBy(() -> JsonSpans.elements(elements, all(elements), array.size() - 1));
    }
    if (!object.isEmpty()) {
      assertThatExceptionOfType(TooManyElementsException.class)
          .isThrownBy(() -> JsonSpans.members(members, object.size() - 1));
    }
  }

  @Property
  void truncated_object_is_malformed(
      @ForAll("objects") ObjectNode object, @ForAll("shares") double share) {
    byte[] json = bytes(object, false);
    byte[] start = Arrays.copyOf(json, (int) (share * json.length));

    assertThatExceptionOfType(MalformedJsonException.class)
        .isThrownBy(() -> JsonSpans.members(start, Integer.MAX_VALUE));
  }

  @Property(tries = 5_000)
  void any_bytes_are_cut_within_their_bounds_or_malformed(@ForAll("hostile") byte[] json) {
    try {
      for (Span span : JsonSpans.members(json, 100).values()) {
        assertWithin(span, json);
        if (json[span.offset()] == '[') {
          JsonSpans.elements(json, span, 100).forEach(element -> assertWithin(element, json));
        }
      }
    } catch (MalformedJsonException said) {
      assertThat(said.getMessage()).isNotEmpty().hasSizeLessThan(200);
    }
    try {
      JsonSpans.elements(json, all(json), 100).forEach(span -> assertWithin(span, json));
    } catch (MalformedJsonException said) {
      assertThat(said.getMessage()).isNotEmpty();
    }
  }

  @Example
  void duplicate_key_is_malformed_even_with_an_escape() {
    for (String twice : List.of("{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}")) {
      assertThatExceptionOfType(MalformedJsonException.class)
          .isThrownBy(() -> JsonSpans.members(utf8(twice), 10));
    }
  }

  @Example
  void only_null_counts_as_an_empty_list() throws MalformedJsonException {
    assertThat(JsonSpans.elements(utf8("null"), new Span(0, 4), 1)).isEmpty();
    assertThatExceptionOfType(MalformedJsonException.class)
        .isThrownBy(() -> JsonSpans.elements(utf8("nope"), new Span(0, 4), 1));
  }

  @Example
  void hostile_megabytes_take_linear_time() {
    int many = 4_000_000;
    for (String worst : List.of("[", "{", "\"", "\\\"", "{\"a\":", "[1,", " ", "}", "{\"\\")) {
      byte[] json = utf8("{\"a\":[" + worst.repeat(many / worst.length()));
      assertTimeoutPreemptively(
          Duration.ofSeconds(20),
          () ->
              assertThatExceptionOfType(MalformedJsonException.class)
                  .isThrownBy(() -> JsonSpans.members(json, 100)));
    }
  }

  @Provide
  Arbitrary<byte[]> hostile() {
    Arbitrary<String> pieces =
        Arbitraries.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            " ",
            "\n",
            "null",
            "true",
            "-1.5e9",
            "\"a\"",
            "\"a\":",
            "é",
            "\u0000",
            "{\"a\":[",
            "]}",
            "\"\\\"\"",
            "{}",
            "[]");
    return pieces.list().ofMaxSize(30).map(list -> utf8(String.join("", list)));
  }

  @Provide
  Arbitrary<Double> shares() {
    return Arbitraries.doubles().between(0, 0.99);
  }

  @Provide
  Arbitrary<ObjectNode> objects() {
    return Combinators.combine(
            texts().list().uniqueElements().ofMaxSize(6), nodes(3).list().ofSize(6))
        .as(
            (keys, values) -> {
              ObjectNode object = NODES.objectNode();
              for (int i = 0; i < keys.size(); i++) {
                object.set(keys.get(i), values.get(i));
              }
              return object;
            });
  }

  @Provide
  Arbitrary<ArrayNode> arrays() {
    return nodes(3).list().ofMaxSize(6).map(list -> NODES.arrayNode().addAll(list));
  }

  private Arbitrary<JsonNode> nodes(int depth) {
    Arbitrary<JsonNode> leaves =
        Arbitraries.oneOf(
            List.of(
                texts().map(NODES::textNode),
                Arbitraries.longs().map(NODES::numberNode),
                Arbitraries.of(true, false).map(NODES::booleanNode),
                Arbitraries.just(NODES.nullNode())));
    if (depth == 0) {
      return leaves;
    }
    return Arbitraries.frequencyOf(
        Tuple.of(3, leaves),
        Tuple.of(
            1, nodes(depth - 1).list().ofMaxSize(3).map(list -> NODES.arrayNode().addAll(list))),
        Tuple.of(
            1,
            nodes(depth - 1).map(value -> NODES.objectNode().<ObjectNode>set("k\"{[\\", value))));
  }

  private static Arbitrary<String> texts() {
    return Arbitraries.strings().withChars("ab\"\\{}[],: \n\u00E9\u2028").ofMaxLength(6);
  }

  /** The parsed value of each span, in a normal form. */
  private static List<String> parsed(byte[] json, Collection<Span> spans) {
    return spans.stream().map(span -> Vectors.parse(span.text(json)).toString()).toList();
  }

  private static List<String> texts(JsonNode children) {
    List<String> texts = new ArrayList<>();
    children.forEach(child -> texts.add(child.toString()));
    return texts;
  }

  private static void assertWithin(Span span, byte[] json) {
    assertThat(span.offset()).isNotNegative();
    assertThat(span.length()).isPositive();
    assertThat(span.offset() + span.length()).isLessThanOrEqualTo(json.length);
  }

  private static Span all(byte[] json) {
    return new Span(0, json.length);
  }

  private static byte[] bytes(JsonNode node, boolean spaced) {
    return utf8(spaced ? spaced(node) : node.toString());
  }

  /** The JSON with white space wherever it is allowed, except before the first token. */
  private static String spaced(JsonNode node) {
    StringBuilder out = new StringBuilder();
    if (node instanceof ObjectNode object) {
      out.append('{').append(SPACE);
      object
          .properties()
          .forEach(
              member -> {
                out.append(out.charAt(out.length() - 1) == ',' ? SPACE : "");
                out.append(NODES.textNode(member.getKey())).append(SPACE).append(':');
                out.append(SPACE).append(spaced(member.getValue())).append(SPACE).append(',');
              });
      return closed(out, '}');
    }
    if (node instanceof ArrayNode array) {
      out.append('[').append(SPACE);
      array.forEach(element -> out.append(SPACE).append(spaced(element)).append(SPACE).append(','));
      return closed(out, ']');
    }
    return node.toString();
  }

  private static String closed(StringBuilder out, char bracket) {
    int last = out.length() - 1;
    if (out.charAt(last) == ',') {
      out.setLength(last);
    }
    return out.append(bracket).toString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
