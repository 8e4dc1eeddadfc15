package nara.journey;

import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonWriter;

/**
 * One nara's signature under a journey.
 *
 * @param nara its name
 * @param timestamp Unix seconds, by its clock. Only the hops behind it sign it
 * @param signature as Base64, see {@link HopSignatures}
 * @param stamp an emoji; any text is taken
 */
public record Hop(String nara, long timestamp, String signature, String stamp) {
  static final JsonFields FIELDS =
      JsonFields.inAnyCase().texts("nara").numbers("timestamp").texts("signature").texts("stamp");

  static Hop of(JsonRecord json) {
    return new Hop(
        json.text("nara"), json.number("timestamp"), json.text("signature"), json.text("stamp"));
  }

  void write(JsonWriter out) {
    out.text("nara", nara)
        .number("timestamp", timestamp)
        .text("signature", signature)
        .text("stamp", stamp);
  }

  /** The JSON of the hop, as the reference writes it. */
  String json() {
    JsonWriter out = JsonWriter.begin();
    write(out);
    return out.end().toString();
  }
}
