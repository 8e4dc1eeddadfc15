package nara.event.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import nara.bounds.SafeText;
import nara.event.json.JsonFields.Field;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.Span;
import nara.event.json.JsonSpans.TooManyElementsException;

/** Reads JSON into records, strictly as their {@link JsonFields} say. One for each text. */
final class JsonReader {
  private final JsonParser parser;

  /** A cache of texts, or null. */
  private final StringInterner interner;

  private boolean skippedFields;

  private JsonReader(JsonParser parser, StringInterner interner) {
    this.parser = parser;
    this.interner = interner;
  }

  /** Reads the object that the bytes are. After an error the record holds what was read before. */
  static void readObject(
      byte[] json, int offset, int length, JsonRecord into, StringInterner interner) {
    read(json, offset, length, into, null, interner);
  }

  /** Reads the value of one field. */
  static void readValue(byte[] json, Span span, JsonRecord into, Field field) {
    read(json, span.offset(), span.length(), into, field, null);
  }

  private static void read(
      byte[] json, int offset, int length, JsonRecord into, Field field, StringInterner interner) {
    try (JsonParser parser = BoundedJson.parser(json, offset, length)) {
      JsonReader reader = new JsonReader(parser, interner);
      JsonToken first = parser.nextToken();
      if (field != null) {
        reader.value(first, field, into);
      } else if (first == JsonToken.START_OBJECT) {
        reader.object(into);
        into.hasUnknownFields = reader.skippedFields;
      } else {
        throw new MalformedJsonException("not a JSON object");
      }
      if (parser.nextToken() != null) {
        throw new MalformedJsonException("more text after the end of the JSON value");
      }
    } catch (JsonProcessingException broken) {
      throw new MalformedJsonException(
          "not JSON: " + SafeText.excerpt(broken.getOriginalMessage()));
    } catch (IOException impossible) {
      throw new UncheckedIOException("reading from memory", impossible);
    }
  }

  private void object(JsonRecord into) throws IOException {
    JsonFields fields = into.fields;
    long seen = 0;
    int expected = 0;
    String name;
    while ((name = parser.nextFieldName()) != null) {
      int index = fields.indexOf(name, expected);
      JsonToken value = parser.nextToken();
      index = index < 0 ? fields.indexOfOtherCase(name) : index;
      if (index < 0) {
        parser.skipChildren();
        skippedFields = true;
        continue;
      }
      if ((seen & 1L << index) != 0) {
        throw new MalformedJsonException("key '" + name + "' twice");
      }
      seen |= 1L << index;
      expected = index + 1;
      value(value, fields.field(index), into);
    }
  }

  private void value(JsonToken value, Field field, JsonRecord into) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    int slot = field.slot();
    switch (field.type()) {
      case TEXT -> into.values[slot] = text(value, field, interner);
      case UNIQUE_TEXT -> into.values[slot] = text(value, field, null);
      case TEXT_SPAN -> into.values[slot] = new Span(offset() + 1, textLength(value, field));
      case NUMBER -> into.numbers[slot] = number(value, field);
      case REAL -> into.numbers[slot] = Double.doubleToRawLongBits(real(value, field));
      case FLAG -> {
        require(value.isBoolean(), field, "is neither true nor false");
        into.numbers[slot] = value == JsonToken.VALUE_TRUE ? 1 : 0;
      }
      case OBJECT -> {
        require(into.values[slot] == null, field, "is one object too many");
        into.values[slot] = object(value, field);
      }
      case OBJECT_SPAN -> {
        require(value == JsonToken.START_OBJECT, field, "is not an object");
        int start = offset();
        parser.skipChildren();
        int end = (int) parser.currentLocation().getByteOffset();
        into.values[slot] = new Span(start, end - start);
      }
      case TEXTS, OBJECTS -> into.values[slot] = list(value, field);
    }
  }

  private String text(JsonToken value, Field field, StringInterner cache) throws IOException {
    int length = textLength(value, field);
    if (length == 0) {
      return "";
    }
    return cache == null
        ? StringInterner.withoutLoneSurrogates(parser.getText())
        : cache.intern(parser.getTextCharacters(), parser.getTextOffset(), length);
  }

  private int textLength(JsonToken value, Field field) throws IOException {
    require(value == JsonToken.VALUE_STRING, field, "is not a text");
    int length = parser.getTextLength();
    if (length > field.maxText()) {
      throw malformed(field, "has " + length + " characters, over the " + field.maxText());
    }
    return length;
  }

  private long number(JsonToken value, Field field) throws IOException {
    require(value == JsonToken.VALUE_NUMBER_INT, field, "is not a whole number");
    require(parser.getNumberType() != NumberType.BIG_INTEGER, field, "is outside of 64 bits");
    return parser.getLongValue();
  }

  private double real(JsonToken value, Field field) throws IOException {
    require(value.isNumeric(), field, "is not a number");
    double number = parser.getDoubleValue();
    require(!Double.isInfinite(number), field, "is too large");
    return number;
  }

  private JsonRecord object(JsonToken value, Field field) throws IOException {
    require(value == JsonToken.START_OBJECT, field, "is not an object");
    JsonRecord object = field.nested().newRecord();
    object(object);
    return object;
  }

  private List<Object> list(JsonToken start, Field field) throws IOException {
    require(start == JsonToken.START_ARRAY, field, "is not a list");
    List<Object> elements = new ArrayList<>();
    JsonToken value;
    while ((value = parser.nextToken()) != JsonToken.END_ARRAY) {
      if (elements.size() == field.maxElements()) {
        throw new TooManyElementsException(
            field.name() + " has more than " + field.maxElements() + " entries");
      }
      if (field.type() == JsonFields.Type.OBJECTS) {
        elements.add(object(value, field));
      } else {
        elements.add(value == JsonToken.VALUE_NULL ? "" : text(value, field, interner));
      }
    }
    return List.copyOf(elements);
  }

  /** Offset of the current token from the start of the text. */
  private int offset() {
    return (int) parser.currentTokenLocation().getByteOffset();
  }

  private static void require(boolean valid, Field field, String fault) {
    if (!valid) {
      throw malformed(field, fault);
    }
  }

  static MalformedJsonException malformed(Field field, String fault) {
    return new MalformedJsonException(field.name() + ' ' + fault);
  }
}
