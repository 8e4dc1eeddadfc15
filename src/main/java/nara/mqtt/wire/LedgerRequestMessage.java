package nara.mqtt.wire;

import com.fasterxml.jackson.core.JsonToken;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import nara.event.json.GoJson;

/**
 * Asks a nara for its social events about some subjects. Anybody can write any sender into it.
 *
 * @param from who asks, and at whose topic the answer is expected
 * @param subjects names; at most {@link #MAX_SUBJECTS}
 */
public record LedgerRequestMessage(String from, List<String> subjects) {
  /**
   * A subject that stands for everybody. An addition of ours: a reference node looks for a nara of
   * that name, finds none and answers with nothing, which costs nobody anything.
   */
  public static final String EVERYBODY = "*";

  /** Subjects of one question: no network seen has a tenth of them. */
  public static final int MAX_SUBJECTS = 10_000;

  private static final String[] KEYS = {"From", "Subjects"};

  /**
   * Reads a question.
   *
   * @throws PlazaJson.PlazaJsonException with a sentence when it is none
   */
  static LedgerRequestMessage read(byte[] json) {
    String[] from = {""};
    List<String> subjects = new ArrayList<>();
    PlazaJson.read(
        json,
        0,
        json.length,
        parser -> {
          PlazaJson.readObject(
              parser,
              KEYS,
              (key, value) -> {
                if (key == 0) {
                  from[0] = PlazaJson.readString(parser, value, KEYS[key]);
                } else if (value == JsonToken.START_ARRAY) {
                  JsonToken element;
                  while ((element = parser.nextToken()) != JsonToken.END_ARRAY) {
                    if (subjects.size() == MAX_SUBJECTS) {
                      throw new PlazaJson.PlazaJsonException(
                          "more than " + MAX_SUBJECTS + " subjects");
                    }
                    subjects.add(PlazaJson.readString(parser, element, "a subject"));
                  }
                } else if (value != JsonToken.VALUE_NULL) {
                  throw new PlazaJson.PlazaJsonException("Subjects is not a list");
                }
              });
          return null;
        });
    return new LedgerRequestMessage(from[0], List.copyOf(subjects));
  }

  /** The JSON, letter for letter as the reference writes it. */
  public byte[] json() {
    StringBuilder out = new StringBuilder(64 + 16 * subjects.size());
    GoJson.appendString(out.append("{\"From\":"), from);
    out.append(",\"Subjects\":");
    if (subjects.isEmpty()) {
      out.append("null");
    } else {
      char before = '[';
      for (String subject : subjects) {
        GoJson.appendString(out.append(before), subject);
        before = ',';
      }
      out.append(']');
    }
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }
}
