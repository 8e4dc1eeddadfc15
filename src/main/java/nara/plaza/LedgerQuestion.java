package nara.plaza;

import com.fasterxml.jackson.core.JsonToken;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import nara.event.GoJson;

/**
 * Asks a nara for its social events about some subjects. Anybody can write any sender into it.
 *
 * @param from who asks, and at whose topic the answer is expected
 * @param subjects names; at most {@link #MOST_SUBJECTS}
 */
public record LedgerQuestion(String from, List<String> subjects) {
  /**
   * A subject that stands for everybody. An addition of ours: a reference node looks for a nara of
   * that name, finds none and answers with nothing, which costs nobody anything.
   */
  public static final String EVERYBODY = "*";

  /** Subjects of one question: no network seen has a tenth of them. */
  public static final int MOST_SUBJECTS = 10_000;

  private static final String[] KEYS = {"From", "Subjects"};

  /**
   * Reads a question.
   *
   * @throws PlazaJson.Refused with a sentence when it is none
   */
  static LedgerQuestion read(byte[] json) {
    String[] from = {""};
    List<String> subjects = new ArrayList<>();
    PlazaJson.read(
        json,
        0,
        json.length,
        parser -> {
          PlazaJson.object(
              parser,
              KEYS,
              (key, value) -> {
                if (key == 0) {
                  from[0] = PlazaJson.text(parser, value, KEYS[key]);
                } else if (value == JsonToken.START_ARRAY) {
                  JsonToken element;
                  while ((element = parser.nextToken()) != JsonToken.END_ARRAY) {
                    if (subjects.size() == MOST_SUBJECTS) {
                      throw new PlazaJson.Refused("more than " + MOST_SUBJECTS + " subjects");
                    }
                    subjects.add(PlazaJson.text(parser, element, "a subject"));
                  }
                } else if (value != JsonToken.VALUE_NULL) {
                  throw new PlazaJson.Refused("Subjects is not a list");
                }
              });
          return null;
        });
    return new LedgerQuestion(from[0], List.copyOf(subjects));
  }

  /** The JSON, letter for letter as the reference writes it. */
  public byte[] json() {
    StringBuilder out = new StringBuilder(64 + 16 * subjects.size());
    GoJson.text(out.append("{\"From\":"), from);
    out.append(",\"Subjects\":");
    if (subjects.isEmpty()) {
      out.append("null");
    } else {
      char before = '[';
      for (String subject : subjects) {
        GoJson.text(out.append(before), subject);
        before = ',';
      }
      out.append(']');
    }
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }
}
