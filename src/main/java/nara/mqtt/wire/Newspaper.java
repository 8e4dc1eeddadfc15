package nara.mqtt.wire;

import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.Span;
import nara.event.json.JsonWriter;
import nara.profile.Status;

/**
 * A nara's status, published for everybody.
 *
 * @param from the publisher
 * @param statusJson the status, exactly the text that is signed
 * @param status the same, decoded
 * @param signature as Base64, over the bytes of the status, directly and without hashing them
 */
public record Newspaper(String from, String statusJson, Status status, String signature) {
  private static final JsonFields FIELDS =
      JsonFields.inAnyCase().texts("From").objectSpan("Status").texts("Signature");

  /**
   * Reads a newspaper.
   *
   * @throws MalformedJsonException when the bytes are none
   */
  public static Newspaper read(byte[] json) {
    JsonRecord newspaper = FIELDS.read(json);
    String statusJson = statusText(json, newspaper.span("Status"));
    return new Newspaper(
        newspaper.text("From"), statusJson, Status.read(statusJson), newspaper.text("Signature"));
  }

  /** The text of a status inside a message, which must have one. */
  static String statusText(byte[] message, Span status) {
    if (status == null) {
      throw new MalformedJsonException("no status");
    }
    return status.text(message);
  }

  /** The JSON, byte for byte as the reference writes it. */
  public byte[] json() {
    return JsonWriter.begin()
        .text("From", from)
        .raw("Status", statusJson)
        .text("Signature", signature)
        .end()
        .toBytes();
  }
}
