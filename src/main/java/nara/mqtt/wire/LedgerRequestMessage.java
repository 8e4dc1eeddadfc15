package nara.mqtt.wire;

import java.util.List;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonWriter;

/**
 * A request to a nara for its social events about some subjects. It isn't signed, so its sender is
 * not proven.
 *
 * @param from the requesting nara, to whose topic the response goes
 * @param subjects names; at most {@link #MAX_SUBJECTS}
 */
public record LedgerRequestMessage(String from, List<String> subjects) {
  /**
   * A subject that stands for everybody: an addition of this project. A reference node looks for a
   * nara of that name and responds with an empty list, at no cost.
   */
  public static final String EVERYBODY = "*";

  /** Subjects of one request: ten times the largest network seen. */
  public static final int MAX_SUBJECTS = 10_000;

  private static final JsonFields FIELDS =
      JsonFields.inAnyCase().texts("From").textList("Subjects", MAX_SUBJECTS);

  /**
   * Reads a request.
   *
   * @throws MalformedJsonException when the bytes are none
   */
  static LedgerRequestMessage read(byte[] json) {
    JsonRecord request = FIELDS.read(json);
    return new LedgerRequestMessage(request.text("From"), request.texts("Subjects"));
  }

  /** The JSON, byte for byte as the reference writes it. */
  public byte[] json() {
    return JsonWriter.begin().text("From", from).textList("Subjects", subjects).end().toBytes();
  }
}
