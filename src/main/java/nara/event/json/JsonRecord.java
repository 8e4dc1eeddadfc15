package nara.event.json;

import java.util.List;
import nara.event.json.JsonSpans.Span;

/**
 * The values of one JSON object, by the names that its {@link JsonFields} know. Asking for a name
 * that they don't know is a defect. Not for several threads.
 */
public final class JsonRecord {
  private static final long[] NONE = {};

  final JsonFields fields;

  /** Texts, objects, lists and spans; null when absent. */
  final Object[] values;

  /** Whole numbers, the bits of real numbers, and 1 for true. */
  final long[] numbers;

  /** Whether the object, or one within it, has other fields; for the outermost record only. */
  boolean hasUnknownFields;

  /** Index of the field after the last one asked for: callers keep the table's order mostly. */
  private int next;

  JsonRecord(JsonFields fields, int values, int numbers) {
    this.fields = fields;
    this.values = new Object[values];
    this.numbers = numbers == 0 ? NONE : new long[numbers];
  }

  public String text(String name) {
    Object text = value(name);
    return text == null ? "" : (String) text;
  }

  public long number(String name) {
    return numbers[slot(name)];
  }

  public double real(String name) {
    return Double.longBitsToDouble(numbers[slot(name)]);
  }

  public boolean flag(String name) {
    return numbers[slot(name)] != 0;
  }

  /** The one of several possible objects that is present; null when none is. */
  JsonRecord oneObject() {
    return (JsonRecord) values[fields.sharedSlot];
  }

  /** A nested object; one without values when it is absent. */
  public JsonRecord object(String name) {
    Object object = value(name);
    return object == null ? fields.field(next - 1).nested().newRecord() : (JsonRecord) object;
  }

  public List<String> texts(String name) {
    return list(name);
  }

  public List<JsonRecord> objects(String name) {
    return list(name);
  }

  /** The places of a list's elements in the bytes that were {@linkplain JsonFields#cut cut}. */
  public List<Span> elements(String name) {
    return list(name);
  }

  /** The place of a value in the bytes, of a text without its quotes; null when it is absent. */
  public Span span(String name) {
    return (Span) value(name);
  }

  @SuppressWarnings("unchecked") // The table says what the elements are.
  private <T> List<T> list(String name) {
    Object list = value(name);
    return list == null ? List.of() : (List<T>) list;
  }

  private Object value(String name) {
    return values[slot(name)];
  }

  private int slot(String name) {
    int index = fields.indexOf(name, next);
    next = index + 1;
    return fields.field(index).slot();
  }
}
