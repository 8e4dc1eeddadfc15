package nara.event.json;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nara.bounds.SafeText;
import nara.event.EventLimits;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.Span;

/**
 * The known fields of one kind of JSON object, each with its type. All JSON from the network is
 * read through such a table, within {@link EventLimits}.
 *
 * <p>A known field may come once, and only in its own case: otherwise two readers could take
 * different values. Unknown fields are skipped. An absent field and {@code null} are the same.
 *
 * <p>Build a table once and keep it in a constant: reading doesn't change it. At most 64 fields.
 */
public final class JsonFields {
  enum Type {
    TEXT,
    UNIQUE_TEXT,
    TEXT_SPAN,
    NUMBER,
    REAL,
    FLAG,
    OBJECT,
    OBJECT_SPAN,
    TEXTS,
    OBJECTS
  }

  /** The treatment of a known field in another case. */
  private enum OtherCase {
    REJECTED,
    SKIPPED,
    TAKEN
  }

  /**
   * One field.
   *
   * @param slot the place of its value in a record
   * @param nested the fields of an object, or of the objects in a list; else null
   * @param maxText characters of a text
   * @param maxElements of a list
   */
  record Field(String name, Type type, int slot, JsonFields nested, int maxText, int maxElements) {}

  private final int maxText;
  private final OtherCase otherCase;
  private Field[] fields = {};
  private int values;
  private int numbers;
  int sharedSlot;

  /** An empty table. */
  public JsonFields() {
    this(EventLimits.MAX_TEXT_LENGTH, OtherCase.REJECTED);
  }

  /**
   * An empty table for fields in any case, as the reference reads them. The same field twice, in
   * whatever case, is malformed, where the reference takes the last one: no nara writes that.
   */
  public static JsonFields inAnyCase() {
    return new JsonFields(EventLimits.MAX_TEXT_LENGTH, OtherCase.TAKEN);
  }

  /**
   * An empty table.
   *
   * @param maxText characters of a text
   * @param otherCaseAllowed whether a known field in another case is skipped, not rejected
   */
  public JsonFields(int maxText, boolean otherCaseAllowed) {
    this(maxText, otherCaseAllowed ? OtherCase.SKIPPED : OtherCase.REJECTED);
  }

  private JsonFields(int maxText, OtherCase otherCase) {
    this.maxText = maxText;
    this.otherCase = otherCase;
  }

  /** Adds texts; empty when absent. */
  public JsonFields texts(String... names) {
    return add(Type.TEXT, null, 0, names);
  }

  /** Adds a text that differs in every object, so that it is not worth caching. */
  JsonFields uniqueText(String name) {
    return add(Type.UNIQUE_TEXT, null, 0, name);
  }

  /** Adds a text of which only the place in the bytes is kept. */
  JsonFields textSpan(String name) {
    return add(Type.TEXT_SPAN, null, 0, name);
  }

  /** Adds whole numbers of 64 bits; 0 when absent. */
  public JsonFields numbers(String... names) {
    return add(Type.NUMBER, null, 0, names);
  }

  /** Adds finite numbers; 0 when absent. */
  public JsonFields reals(String... names) {
    return add(Type.REAL, null, 0, names);
  }

  /** Adds a boolean; false when absent. */
  public JsonFields flag(String name) {
    return add(Type.FLAG, null, 0, name);
  }

  /** Adds an object; without values when absent. */
  public JsonFields object(String name, JsonFields nested) {
    return add(Type.OBJECT, nested, 0, name);
  }

  /** Adds objects of which at most one may be present; they share a place in the record. */
  JsonFields oneObjectOf(List<String> names, List<JsonFields> nested) {
    sharedSlot = values;
    for (int i = 0; i < names.size(); i++) {
      values = sharedSlot;
      add(Type.OBJECT, nested.get(i), 0, names.get(i));
    }
    return this;
  }

  /** Adds an object of which only the place in the bytes is kept. */
  public JsonFields objectSpan(String name) {
    return add(Type.OBJECT_SPAN, null, 0, name);
  }

  /** Adds a list of texts; empty when absent. */
  public JsonFields textList(String name, int maxElements) {
    return add(Type.TEXTS, null, maxElements, name);
  }

  /** Adds a list of objects; empty when absent. */
  public JsonFields objectList(String name, JsonFields nested, int maxElements) {
    return add(Type.OBJECTS, nested, maxElements, name);
  }

  /** Adds a list of anything, for {@link #cut} only; empty when absent. */
  public JsonFields elementList(String name, int maxElements) {
    return add(Type.OBJECTS, null, maxElements, name);
  }

  private JsonFields add(Type type, JsonFields nested, int maxElements, String... names) {
    boolean isNumeric = type == Type.NUMBER || type == Type.REAL || type == Type.FLAG;
    for (String name : names) {
      int slot = isNumeric ? numbers++ : values++;
      fields = Arrays.copyOf(fields, fields.length + 1);
      fields[fields.length - 1] = new Field(name, type, slot, nested, maxText, maxElements);
    }
    return this;
  }

  /**
   * Reads the object that the bytes are.
   *
   * @throws MalformedJsonException when they are anything else; the message names the field
   */
  public JsonRecord read(byte[] json) {
    return read(json, new Span(0, json.length));
  }

  /** The same for a part of the bytes. */
  public JsonRecord read(byte[] json, Span span) {
    JsonRecord record = newRecord();
    JsonReader.readObject(json, span.offset(), span.length(), record, null);
    return record;
  }

  /**
   * Reads the known fields of the object that the bytes are, but only cuts lists of objects: a
   * broken element costs only itself. Unknown fields are not checked.
   *
   * @param maxMembers members of the object
   * @param maxValueBytes of any value that is not a list
   * @throws JsonSpans.TooManyElementsException when a list is too long
   * @throws MalformedJsonException when the bytes are malformed otherwise
   */
  public JsonRecord cut(byte[] json, int maxMembers, int maxValueBytes) {
    Map<String, Span> members = JsonSpans.members(json, maxMembers);
    Map<Integer, Span> known = new HashMap<>();
    members.forEach(
        (key, span) -> {
          int index = indexOf(key, 0);
          index = index < 0 ? indexOfOtherCase(key) : index;
          if (index >= 0 && known.put(index, span) != null) {
            throw new MalformedJsonException("key '" + SafeText.excerpt(key) + "' twice");
          }
        });
    JsonRecord record = newRecord();
    for (int index = 0; index < fields.length; index++) {
      Field field = fields[index];
      Span span = known.get(index);
      if (span != null && field.type == Type.OBJECTS) {
        record.values[field.slot] = JsonSpans.elements(json, span, field.maxElements);
      } else if (span != null && span.length() > maxValueBytes && field.type != Type.TEXTS) {
        throw JsonReader.malformed(field, "has " + span.length() + " bytes");
      } else if (span != null) {
        JsonReader.readValue(json, span, record, field);
      }
    }
    return record;
  }

  JsonRecord newRecord() {
    return new JsonRecord(this, values, numbers);
  }

  /** The place of a field in the table, or -1. It is searched first where it is expected. */
  int indexOf(String name, int expected) {
    // Names are interned on both sides, and fields come in the table's order nearly always.
    return expected < fields.length && fields[expected].name == name
        ? expected
        : search(name, expected);
  }

  private int search(String name, int from) {
    for (int tried = 0, i = from; tried < fields.length; tried++, i++) {
      i = i < fields.length ? i : 0;
      if (fields[i].name.equals(name)) {
        return i;
      }
    }
    return -1;
  }

  Field field(int index) {
    return fields[index];
  }

  /**
   * The place of a field that the table has in another case, if the table takes it; else -1.
   *
   * @throws MalformedJsonException when the table rejects it
   */
  int indexOfOtherCase(String name) {
    for (int i = 0; i < fields.length && otherCase != OtherCase.SKIPPED; i++) {
      if (fields[i].name.equalsIgnoreCase(name)) {
        if (otherCase == OtherCase.TAKEN) {
          return i;
        }
        throw new MalformedJsonException(
            "key '%s' differs from '%s' only in case"
                .formatted(SafeText.excerpt(name), fields[i].name));
      }
    }
    return -1;
  }
}
